namespace RedisML.Loading;
