namespace RedisML.EmbeddedServer;
