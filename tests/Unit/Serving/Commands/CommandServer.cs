using RedisML.Connections;
using RedisML.Serving.Commands;

namespace RedisML.Unit.Serving.Commands;

/// <summary>An embedded server that answers by models of its own, under keys <c>customer:</c> too.</summary>
public sealed class CommandServer : IAsyncDisposable
{
    readonly EmbeddedServer.EmbeddedServer _server = EmbeddedServer.EmbeddedServer.Start();
    readonly CommandModels _models;

    public CommandServer()
    {
        _models = new(cancellation => RedisMLConnection.ConnectAsync(Settings, cancellation), takesOthers: true);
        _server.AddCommand("ML.PREDICT", 3, () => _models.NewSession().Predict, ["customer:"]);
        _server.AddCommand("ML.MPREDICT", 4, () => _models.NewSession().PredictMany, ["customer:"]);
    }

    public ConnectionSettings Settings => ConnectionSettings.For("127.0.0.1", _server.Port).WithCredential(null, _server.Password);

    public Task<RedisMLConnection> ConnectAsync() => RedisMLConnection.ConnectAsync(Settings, TestContext.Current.CancellationToken);

    /// <summary>The protocol itself, as any client may write it.</summary>
    public Task<RespClient> OpenAsync() => RespClient.ConnectAsync(_server.Port, _server.Password);

    public async ValueTask DisposeAsync()
    {
        await _models.DisposeAsync();
        await _server.DisposeAsync();
    }
}
