using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace RedisML.Host;

/// <summary>The parameters that scripts use most: which objects, and which of their properties.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    readonly Queue<PSObject> _last = new();
    List<SelectedProperty> _properties = [];
    int _seen;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Names, with wildcards, script blocks, or tables <c>@{ Name = …; Expression = … }</c>.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter, ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    [Parameter, ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    [Parameter, ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    protected override void BeginProcessing() => _properties = [.. Property.Select(p => new SelectedProperty(p))];

    protected override void ProcessRecord()
    {
        if (InputObject is null) return;
        int index = _seen++ - SkipFirst;
        if (index < 0) return;
        if (First is { } first ? index < first : Last is null)
            Write(InputObject);
        else if (Last is { } last)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > (long)last + SkipLast) _last.Dequeue();
        }
        if (Last is null && index + 1 >= First) throw EngineInternals.StopUpstream(this);
    }

    protected override void EndProcessing()
    {
        foreach (var item in _last.Take(_last.Count - SkipLast)) Write(item);
    }

    int SkipFirst => Skip - SkipLast;

    /// <summary>With Last alone, Skip counts from the end.</summary>
    int SkipLast => First is null && Last is not null ? Skip : 0;

    void Write(PSObject item)
    {
        var selected = _properties.SelectMany(p => p.Of(item));
        if (ExpandProperty is not null)
            Expand(item, selected);
        else if (_properties.Count == 0)
            WriteObject(item);
        else
            WriteObject(AddTo(new PSObject(), selected, item));
    }

    void Expand(PSObject item, IEnumerable<PSNoteProperty> selected)
    {
        var values = new PSPropertyExpression(ExpandProperty).GetValues(item);
        if (values is not [{ Exception: null } value])
        {
            var error = new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found.", nameof(ExpandProperty));
            WriteError(new(error, "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
            return;
        }
        var notes = selected.ToList();
        var expanded = LanguagePrimitives.GetEnumerable(value.Result) ?? new[] { value.Result };
        foreach (var element in expanded)
            if (element is not null) WriteObject(notes.Count == 0 ? element : AddTo(new PSObject(element), notes, item));
    }

    PSObject AddTo(PSObject target, IEnumerable<PSNoteProperty> notes, PSObject source)
    {
        target.TypeNames.Insert(0, "Selected." + source.BaseObject.GetType());
        foreach (var note in notes)
        {
            if (target.Properties[note.Name] is null)
            {
                target.Properties.Add(note);
                continue;
            }
            var error = new PSArgumentException($"The property cannot be processed because the property \"{note.Name}\" already exists.");
            WriteError(new(error, "AlreadyExistingUserSpecifiedPropertyNoExpand", ErrorCategory.InvalidOperation, source));
        }
        return target;
    }

    /// <summary>One of <see cref="Property"/>.</summary>
    sealed class SelectedProperty
    {
        readonly string? _name;
        readonly PSPropertyExpression _expression;

        public SelectedProperty(object given)
        {
            var value = given is PSObject wrapped ? wrapped.BaseObject : given;
            if (value is IDictionary table)
            {
                _name = (string?)Entry(table, "Name") ?? (string?)Entry(table, "Label");
                value = Entry(table, "Expression") ?? _name;
            }
            _expression = value switch
            {
                ScriptBlock script => new(script),
                string name => new(name),
                _ => throw new PSArgumentException("A property is a name, a script block, or a table with Name and Expression.", nameof(Property)),
            };
        }

        /// <summary>The properties of an object that are meant. One that isn't there is null, unless it is a pattern.</summary>
        public IEnumerable<PSNoteProperty> Of(PSObject item)
        {
            var values = _expression.ResolveNames(item).SelectMany(e => e.GetValues(item)).ToList();
            if (values.Count == 0 && !_expression.HasWildCardCharacters) return [new(_name ?? _expression.ToString(), null)];
            return values.Select(v => new PSNoteProperty(_name ?? v.ResolvedExpression.ToString(), v.Result));
        }

        /// <summary>By any beginning of the key, as in <c>@{ n = 'Name'; e = { … } }</c>.</summary>
        static object? Entry(IDictionary table, string key)
        {
            foreach (DictionaryEntry entry in table)
                if (entry.Key is string { Length: > 0 } name && key.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                    return entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            return null;
        }
    }
}
