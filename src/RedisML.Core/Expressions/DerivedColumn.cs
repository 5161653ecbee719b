namespace RedisML.Expressions;

/// <summary>A column computed by an expression, such as <c>late</c> = <c>arr_delay &gt; 15</c>.</summary>
public sealed record DerivedColumn(string Name, string Expression);
