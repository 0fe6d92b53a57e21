using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Writing;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>What clients write: few names, so that they meet.</summary>
internal static class Workload
{
    public const string ProviderType = "simulated";

    public static IReadOnlyList<string> ProviderIds { get; } = ["p0", "p1", "p2"];

    public static RegistrySeed Seed()
    {
        var seed = new RegistrySeed();
        seed.Providers.Add("p0", Provider(0));
        seed.Models.Add("m0", Model("p0", 0));
        return seed;
    }

    public static EntityChange Next(Random random, int number, RegistrySnapshot seen)
    {
        var provider = ProviderIds[random.Next(ProviderIds.Count)];
        var model = $"m{random.Next(4)}";
        var change = random.Next(10) switch
        {
            < 3 => EntityChange.Put(provider, Provider(number)),
            < 7 => EntityChange.Put(model, Model(provider, number)),
            < 8 => EntityChange.Put(provider, Provider(random.Next(3))), // Often what is there already.
            < 9 => EntityChange.Delete(EntityKind.Model, model),
            _ => EntityChange.Delete(EntityKind.Provider, provider),
        };
        return random.Next(4) == 0 ? change with { Precondition = Precondition(random, change, seen) } : change;
    }

    private static Precondition Precondition(Random random, EntityChange change, RegistrySnapshot seen) =>
        EntityValues.Tag(seen, change.Kind, change.Id) switch
        {
            null => new Precondition(MustNotExist: !change.IsDelete),
            { } when random.Next(4) == 0 => new Precondition(MustExist: true),
            { } tag => new Precondition(IfMatch: tag.ToString()),
        };

    private static ProviderConfig Provider(int number) => new() { Type = ProviderType, Endpoint = "https://simulated.example/v1", MaxConcurrency = number + 1 };

    private static ModelConfig Model(string provider, int number) => new()
    {
        Capabilities = [ModelCapabilities.Chat],
        Deployments = [new DeploymentConfig { Provider = provider, Model = $"upstream-{number}" }],
    };
}
