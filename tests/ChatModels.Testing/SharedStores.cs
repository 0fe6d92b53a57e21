using Xunit;

namespace ChatModels.Testing;

/// <summary>
/// One server of each kind for a whole test assembly, started when first asked for: <c>[assembly: AssemblyFixture(typeof(SharedStores))]</c>.
/// For tests that leave the server alone; each takes a name of its own, so that they do not see each other's keys.
/// </summary>
public sealed class SharedStores : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<StoreKind, StoreServer> _servers = [];

    public static string UniqueName() => $"test-{Guid.NewGuid():N}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<StoreServer> GetAsync(StoreKind kind, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_servers.TryGetValue(kind, out var server))
            {
                server = await StoreServer.StartAsync(kind, null, cancellationToken);
                _servers.Add(kind, server);
            }

            return server;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        _gate.Dispose();
    }
}
