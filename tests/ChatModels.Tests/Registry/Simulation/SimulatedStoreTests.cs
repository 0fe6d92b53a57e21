using ChatModels.Registry.Stores;
using ChatModels.Tests.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>The store of the simulation keeps the promises that Redis and Garnet keep.</summary>
public sealed class SimulatedStoreTests : RegistryStoreConformance
{
    private readonly Dictionary<string, (SimulatedServer Server, List<SimulatedStore> Stores)> _servers = [];

    private protected override Task<IRegistryStore> CreateAsync(string name)
    {
        if (!_servers.TryGetValue(name, out var shared))
        {
            _servers.Add(name, shared = (new SimulatedServer(TimeProvider.System), []));
            shared.Server.Applied += _ => shared.Stores.ForEach(s => s.Hint());
        }

        var store = new SimulatedStore(shared.Server);
        shared.Stores.Add(store);
        return Task.FromResult<IRegistryStore>(store);
    }
}
