using System.Text.Json;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;

namespace ChatModels.Benchmarks;

/// <summary>A registry of any size whose models look like real ones: two deployments, a price, an alias; about 600 bytes each as stored.</summary>
internal static class Corpus
{
    private const int Providers = 20;

    public static readonly RegistryHead Head = new("benchmark", 1, "first");

    private static readonly EntityTag Tag = new(Head.Revision, Head.Stamp);

    public static string ModelName(int number) => $"vendor-{number % Providers:00}/Model-{number:000000}-Instruct";

    public static ModelConfig Model(int number, int contextWindow = 128_000) => new()
    {
        Capabilities = [ModelCapabilities.Chat, ModelCapabilities.Streaming, ModelCapabilities.Tools],
        ContextWindow = contextWindow,
        MaxOutputTokens = 16_384,
        Deployments =
        [
            new DeploymentConfig { Provider = ProviderId(number), Model = $"model-{number:000000}-2026-01-31", Weight = 3 },
            new DeploymentConfig { Provider = ProviderId(number + 1), Model = $"deployment-{number:000000}", Priority = 1 },
        ],
        Aliases = [$"alias-{number:000000}"],
        Pricing = new ModelPricing { InputPerMillion = 2.5m, OutputPerMillion = 10m },
    };

    /// <summary>Everything, as a store would return it.</summary>
    public static StoreImage Image(int models) => new(Head,
    [
        .. Enumerable.Range(0, Providers).Select(n => new StoredEntity(EntityKind.Provider, ProviderId(n), EntityCodec.Encode(Tag, Provider()))),
        .. Enumerable.Range(0, models).Select(n => new StoredEntity(EntityKind.Model, ModelName(n), EntityCodec.Encode(Tag, Model(n)))),
    ]);

    /// <summary>The write that puts everything into an empty store.</summary>
    public static StoreCommit Birth(int models) => new(null, Head, Image(models).Entities, LogEntry(Head, null, []));

    /// <summary>The log entry of a change of one model.</summary>
    public static byte[] Change(RegistryHead next, RegistryHead before, int model, int contextWindow) =>
        LogEntry(next, before.Stamp, [new LogChange(EntityKind.Model, ModelName(model), null, JsonSerializer.SerializeToElement(Model(model, contextWindow), StoreJson.Default.ModelConfig))]);

    private static byte[] LogEntry(RegistryHead next, string? previous, IReadOnlyList<LogChange> changes) => LogCodec.Encode(new LogRecord
    {
        Version = EntityCodec.Version,
        Revision = next.Revision,
        Stamp = next.Stamp,
        Previous = previous,
        Op = "put_model",
        Actor = "benchmark",
        At = DateTimeOffset.UnixEpoch,
        Changes = [.. changes],
    });

    private static string ProviderId(int number) => $"provider-{number % Providers:00}";

    private static ProviderConfig Provider() => new() { Type = "openai", Endpoint = "https://models.example/v1" };
}
