using Apache.Arrow;

namespace RedisML.Formats;

/// <summary>Writes a file of typed columns. Dispose without <see cref="End"/> abandons it.</summary>
public interface IBatchWriter : IDisposable
{
    /// <param name="batch">Of the schema that the file was begun with; valid until this returns.</param>
    /// <exception cref="IOException"></exception>
    void Write(RecordBatch batch);

    /// <summary>Writes what comes after the last row.</summary>
    /// <exception cref="IOException"></exception>
    void End();
}
