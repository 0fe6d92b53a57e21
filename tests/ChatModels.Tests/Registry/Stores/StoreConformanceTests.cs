using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Tests.Registry.Stores;

public sealed class InMemoryRegistryStoreTests : RegistryStoreConformance
{
    private readonly Dictionary<string, InMemoryRegistryStore> _stores = [];

    private protected override Task<IRegistryStore> CreateAsync(string name)
    {
        if (!_stores.TryGetValue(name, out var store))
        {
            _stores.Add(name, store = new InMemoryRegistryStore(TimeProvider.System));
        }

        return Task.FromResult<IRegistryStore>(store);
    }
}

public sealed class RedisServerStoreTests(SharedStores servers) : RedisStoreConformance(servers, StoreKind.Redis);

public sealed class GarnetServerStoreTests(SharedStores servers) : RedisStoreConformance(servers, StoreKind.Garnet);

public abstract class RedisStoreConformance(SharedStores servers, StoreKind kind) : RegistryStoreConformance
{
    private protected override async Task<IRegistryStore> CreateAsync(string name)
    {
        var server = await servers.GetAsync(kind, Cancel);
        var connections = new RedisConnections(server.ConnectionString);
        return new RedisRegistryStore(connections, name, TimeProvider.System, NullLogger<RedisRegistryStore>.Instance, Patient.Deadlines);
    }
}

/// <summary>For tests that are not about time, on machines that have other things to do.</summary>
internal static class Patient
{
    public static readonly StoreDeadlines Deadlines = new()
    {
        Head = TimeSpan.FromSeconds(5),
        Read = TimeSpan.FromSeconds(10),
        Commit = TimeSpan.FromSeconds(6),
        Turn = TimeSpan.FromSeconds(4),
    };
}
