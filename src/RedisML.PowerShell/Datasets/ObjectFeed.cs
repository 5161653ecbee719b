using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using RedisML.Connections;
using RedisML.Formats.Objects;
using RedisML.Importing;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>Hands objects of the pipeline, in batches, to an import that runs beside it.</summary>
sealed class ObjectFeed : IDisposable
{
    const int BatchRows = 2048;
    const int BatchesAhead = 8;

    /// <summary>The import takes its columns from so many objects: of these all properties are listed.</summary>
    const int ListedRows = 16_384;

    /// <summary>Of later ones that have the properties of the one before, one in so many is:
    /// listing takes seven times as long as looking up.</summary>
    const int ListedEach = 16;

    readonly Channel<IReadOnlyList<ObjectRow>> _batches = Channel.CreateBounded<IReadOnlyList<ObjectRow>>(BatchesAhead);
    readonly CancellationTokenSource _cancel = new();
    List<ObjectRow> _batch = new(BatchRows);
    readonly List<string> _rowNames = [];
    readonly List<object?> _rowValues = [];
    string[] _names = [];
    bool _isPlain;
    long _objects;
    Task<ImportResult>? _import;

    public LatestProgress<ImportProgress> Progress { get; } = new();

    public void Start(RedisMLConnection connection, ImportOptions options) => _import = Task.Run(async () =>
    {
        try
        {
            return await DatasetImport.RunAsync(connection, _batches.Reader.ReadAllAsync(_cancel.Token), options, Progress, _cancel.Token)
                .ConfigureAwait(false);
        }
        finally
        {
            // Nobody takes more: whoever waits to hand over learns of it.
            _batches.Writer.TryComplete();
        }
    });

    /// <summary>Adds an object. Where the import is behind, what is to be waited for before the next is returned.</summary>
    public Func<CancellationToken, Task>? Add(PSObject value)
    {
        if (_import is null) return null;
        _batch.Add(ToRow(value));
        if (_batch.Count < BatchRows) return null;
        var batch = _batch;
        _batch = new(BatchRows);
        return _batches.Writer.TryWrite(batch) ? null : cancellation => WriteAsync(batch, cancellation);
    }

    /// <summary>Waits for the import's end, after the last object.</summary>
    public async Task<ImportResult> EndAsync(CancellationToken cancellation)
    {
        if (_batch.Count > 0) await WriteAsync(_batch, cancellation).ConfigureAwait(false);
        _batches.Writer.TryComplete();
        return await _import!.ConfigureAwait(false);
    }

    public bool IsStarted => _import is not null;

    public void Cancel() => _cancel.Cancel();

    public void Dispose()
    {
        _cancel.Cancel();
        _batches.Writer.TryComplete();
    }

    async Task WriteAsync(IReadOnlyList<ObjectRow> batch, CancellationToken cancellation)
    {
        try
        {
            await _batches.Writer.WriteAsync(batch, cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await _import!.ConfigureAwait(false);
        }
    }

    /// <summary>What an object holds: a dictionary its keys, a row of a table or a record its columns,
    /// another object its properties.</summary>
    ObjectRow ToRow(PSObject value)
    {
        if (_objects++ >= ListedRows && _objects % ListedEach != 0 && _isPlain && TryLookUp(value, out var row)) return row;
        _rowNames.Clear();
        _rowValues.Clear();
        _isPlain = false;
        if (!ObjectData.TryRead(value.BaseObject, _rowNames, _rowValues))
        {
            _isPlain = !ObjectData.IsAdapted(value.BaseObject.GetType());
            foreach (var property in ObjectData.Properties(value, _isPlain))
            {
                _rowNames.Add(property.Name);
                _rowValues.Add(ObjectData.Nested(ObjectFields.ValueOf(property)));
            }
        }
        return new(Shared(), [.. _rowValues]);
    }

    /// <summary>The properties of the row before; false where the object lacks one.</summary>
    bool TryLookUp(PSObject value, out ObjectRow row)
    {
        row = new(_names, new object?[_names.Length]);
        if (ObjectData.IsData(value.BaseObject)) return false;
        var properties = value.Properties;
        for (int i = 0; i < _names.Length; i++)
        {
            if (properties[_names[i]] is not { } property) return false;
            row.Values[i] = ObjectData.Nested(ObjectFields.ValueOf(property));
        }
        return true;
    }

    /// <summary>The names of the row before, where this one has the same.</summary>
    string[] Shared() => CollectionsMarshal.AsSpan(_rowNames).SequenceEqual(_names) ? _names : _names = [.. _rowNames];
}
