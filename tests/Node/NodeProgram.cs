namespace RedisML.Node;

/// <summary>Where tests find the program.</summary>
public static class NodeProgram;
