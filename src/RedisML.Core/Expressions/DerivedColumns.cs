using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Expressions;

/// <summary>The derived columns of a pipeline, compiled.</summary>
internal sealed class DerivedColumns
{
    readonly Dictionary<string, ColumnExpression> _expressions = new(StringComparer.Ordinal);

    /// <param name="definitions">The columns in any order; one may refer to another of them.</param>
    /// <exception cref="RedisMLException">An expression doesn't compile, a name comes twice,
    /// or columns refer to each other in a circle.</exception>
    public DerivedColumns(IEnumerable<DerivedColumn> definitions)
    {
        var given = new Dictionary<string, DerivedColumn>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            if (!given.TryAdd(definition.Name, definition))
                throw Invalid("DerivedColumnExists", $"The derived column '{definition.Name}' is given twice.", definition.Name);
            _expressions[definition.Name] = ColumnExpression.Parse(definition.Expression);
        }
        var ordered = new List<DerivedColumn>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var definition in given.Values) Visit(definition);
        Ordered = ordered;

        void Visit(DerivedColumn definition)
        {
            if (ordered.Contains(definition)) return;
            if (!open.Add(definition.Name))
                throw Invalid("DerivedColumnCircular", $"The derived column '{definition.Name}' refers to itself.", definition.Name);
            foreach (var column in _expressions[definition.Name].Columns)
            {
                if (given.TryGetValue(column, out var other)) Visit(other);
            }
            ordered.Add(definition);
        }
    }

    /// <summary>The definitions, each after those that it refers to.</summary>
    public IReadOnlyList<DerivedColumn> Ordered { get; }

    public ColumnExpression? Find(string name) => _expressions.GetValueOrDefault(name);

    /// <summary>What a column is computed from, at first or second hand, and itself.</summary>
    public HashSet<string> Sources(string name)
    {
        var sources = new HashSet<string>(StringComparer.Ordinal);
        Collect(name);
        return sources;

        void Collect(string column)
        {
            if (!sources.Add(column) || Find(column) is not { } expression) return;
            foreach (var source in expression.Columns) Collect(source);
        }
    }

    /// <summary>The type of a stored or derived column.</summary>
    /// <param name="stored">Gives the type of a stored column, or throws.</param>
    public ColumnType TypeOf(string name, Func<string, ColumnType> stored) =>
        Find(name) is { } expression ? expression.ResultType(column => TypeOf(column, stored)) : stored(name);

    static RedisMLException Invalid(string errorId, string message, string name) => new(errorId, ErrorKind.InvalidArgument, message, name);
}
