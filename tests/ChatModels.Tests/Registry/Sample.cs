using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Secrets;

namespace ChatModels.Tests.Registry;

/// <summary>Small valid things to vary with <c>with</c>.</summary>
internal static class Sample
{
    public const string Type = "echo";

    public static ProviderConfig Provider { get; } = new() { Type = Type, Endpoint = "https://echo.example/v1" };

    public static ProviderConfig ProviderWithKey { get; } = Provider with { ApiKey = new SecretReference("echo-key") };

    public static ModelConfig Model { get; } = ModelOn("echo");

    public static ModelConfig ModelOn(string provider) => new()
    {
        Capabilities = [ModelCapabilities.Chat],
        Deployments = [new DeploymentConfig { Provider = provider, Model = "upstream" }],
    };

    /// <summary>The provider <c>echo</c> and the model <c>one</c> on it.</summary>
    public static RegistrySeed Seed() => new() { Providers = { ["echo"] = Provider }, Models = { ["one"] = Model } };

    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = Type,
        Description = "Answers with what it was asked.",
        Options =
        [
            new OptionSpec { Name = "speed", Kind = OptionKind.Number, Description = "Tokens per second.", Minimum = 0, Maximum = 10 },
            new OptionSpec { Name = "polite", Kind = OptionKind.Boolean, Description = "Whether it says please." },
        ],
    };
}
