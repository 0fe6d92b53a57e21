using System.Text;
using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Seeding;

public sealed class SeedTests : IDisposable
{
    private readonly TestReplica _replica = new(new InMemoryRegistryStore(new FakeTimeProvider()));

    public void Dispose() => _replica.Dispose();

    [Fact]
    public void Seed_ListsWithIds_BecomeProvidersAndModels()
    {
        var seed = FromJson(
            """
            {"ChatModels":{"Seed":{
              "Providers":[{"Id":"echo","Type":"echo","Endpoint":"https://echo.example","ApiKey":{"Secret":"k"},"Timeout":"00:00:30","MaxConcurrency":4,"UsageInStream":"never","PropagateTrace":true,"Headers":{"x-team":"blue","authorization":{"secret":"t"}},"Options":{"speed":2.5,"polite":true}}],
              "Models":[{"Id":"meta-llama/Llama:8b","Capabilities":["chat"],"ContextWindow":128000,"Deployments":[{"Provider":"echo","Model":"m","Weight":3}],"Aliases":[],"Pricing":{"InputPerMillion":2.5,"OutputPerMillion":10},"Enabled":false}]
            }}}
            """);

        Assert.Empty(Failures(seed));
        var provider = seed.Providers["echo"];
        Assert.Equal(("echo", "https://echo.example", "k", TimeSpan.FromSeconds(30), 4), (provider.Type, provider.Endpoint, provider.ApiKey!.Secret, provider.Timeout, provider.MaxConcurrency));
        Assert.Equal((StreamUsage.Never, true), (provider.UsageInStream, provider.PropagateTrace));
        Assert.Equal(new HeaderSetting("blue", null), provider.Headers["x-team"]);
        Assert.Equal(new HeaderSetting(null, "t"), provider.Headers["authorization"]);
        var model = seed.Models["meta-llama/Llama:8b"];
        Assert.Equal((128_000, 2.5m, false, 3), (model.ContextWindow, model.Pricing!.InputPerMillion, model.Enabled, model.Deployments[0].Weight));
    }

    [Fact]
    public void Seed_ObjectsByName_BecomeModels()
    {
        var seed = From(
            ("ChatModels:Seed:Providers:echo:Type", "echo"),
            ("ChatModels:Seed:Models:gpt-4o:Deployments:0:Provider", "echo"),
            ("ChatModels:Seed:Models:gpt-4o:Deployments:0:Model", "m"));

        Assert.Empty(Failures(seed));
        Assert.Equal(["gpt-4o"], seed.Models.Keys);
    }

    [Fact]
    public void Seed_FromEnvironmentVariables_Works()
    {
        var seed = From(
            ("CHATMODELS:SEED:PROVIDERS:0:ID", "echo"),
            ("CHATMODELS:SEED:PROVIDERS:0:TYPE", "echo"),
            ("CHATMODELS:SEED:PROVIDERS:0:MAXCONCURRENCY", "2"),
            ("ChatModels:Seed:Models:0:Id", "one"),
            ("ChatModels:Seed:Models:0:Deployments:0:Provider", "echo"),
            ("ChatModels:Seed:Models:0:Deployments:0:Model", "m"),
            ("ChatModels:Seed:Models:0:Aliases:0", "uno"));

        Assert.Empty(Failures(seed));
        Assert.Equal(2, seed.Providers["echo"].MaxConcurrency);
        Assert.Equal(["uno"], seed.Models["one"].Aliases);
    }

    [Fact]
    public void Seed_Mistakes_AreAllNamedByTheirConfigurationKeys()
    {
        var failures = Failures(From(
            ("ChatModels:Seed:Provider:0:Id", "typo"),
            ("ChatModels:Seed:Providers:0:Type", "echo"),
            ("ChatModels:Seed:Providers:1:Id", "echo"),
            ("ChatModels:Seed:Providers:1:Type", "echo"),
            ("ChatModels:Seed:Providers:1:Endpont", "https://x.example"),
            ("ChatModels:Seed:Providers:1:Timeout", "soon"),
            ("ChatModels:Seed:Providers:1:MaxConcurrency", "many"),
            ("ChatModels:Seed:Models:0:Id", "one"),
            ("ChatModels:Seed:Models:0:Enabled", "perhaps"),
            ("ChatModels:Seed:Models:0:Deployments:0:Provider", "echo"),
            ("ChatModels:Seed:Models:0:Deployments:0:Model", "m")));

        Assert.Equal(
            [
                "ChatModels:Seed:Models:0:Enabled", "ChatModels:Seed:Provider", "ChatModels:Seed:Providers:0:Id", "ChatModels:Seed:Providers:1:Endpont",
                "ChatModels:Seed:Providers:1:MaxConcurrency", "ChatModels:Seed:Providers:1:Timeout",
            ],
            failures.Select(f => f[..f.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Seed_ThatReadsWellButIsWrong_IsNamedByItsConfigurationKeyToo()
    {
        var failures = Failures(From(
            ("ChatModels:Seed:Providers:0:Id", "echo"),
            ("ChatModels:Seed:Providers:0:Type", "opanai"),
            ("ChatModels:Seed:Models:0:Id", "one"),
            ("ChatModels:Seed:Models:0:Deployments:0:Provider", "gone"),
            ("ChatModels:Seed:Models:0:Deployments:0:Model", "m"),
            ("ChatModels:Seed:Models:1:Id", "two"),
            ("ChatModels:Seed:Models:1:Capabilities:0", "chat")));

        Assert.Contains(failures, f => f.StartsWith("ChatModels:Seed:Providers:0:Type: ", StringComparison.Ordinal));
        Assert.Contains(failures, f => f.StartsWith("ChatModels:Seed:Models:1", StringComparison.Ordinal) && f.Contains("deployments", StringComparison.Ordinal));
    }

    [Fact]
    public void Seed_DanglingReference_IsNamedByItsConfigurationKey()
    {
        var failures = Failures(From(
            ("ChatModels:Seed:Models:0:Id", "one"),
            ("ChatModels:Seed:Models:0:Deployments:0:Provider", "gone"),
            ("ChatModels:Seed:Models:0:Deployments:0:Model", "m")));

        Assert.Equal(["ChatModels:Seed:Models:0:Deployments:0:Provider: There is no provider 'gone'; create it first, or name another."], failures);
    }

    [Fact]
    public void Seed_SameIdTwice_IsAMistake() =>
        Assert.Single(Failures(From(
            ("ChatModels:Seed:Providers:0:Id", "echo"),
            ("ChatModels:Seed:Providers:0:Type", "echo"),
            ("ChatModels:Seed:Providers:1:Id", "echo"),
            ("ChatModels:Seed:Providers:1:Type", "echo"))));

    [Fact]
    public void Seed_Configuration_ReplacesWhatTheHostGaveByCode()
    {
        var seed = new RegistrySeed { Providers = { ["echo"] = Sample.Provider, ["second"] = Sample.Provider } };

        new SeedConfiguration(Memory(("ChatModels:Seed:Providers:0:Id", "echo"), ("ChatModels:Seed:Providers:0:Type", "echo"))).Configure(seed);

        Assert.Null(seed.Providers["echo"].Endpoint);
        Assert.Equal(["echo", "second"], seed.Providers.Keys);
    }

    private static RegistrySeed From(params (string Key, string Value)[] settings) => Read(Memory(settings));

    private static RegistrySeed FromJson(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return Read(new ConfigurationBuilder().AddJsonStream(stream).Build());
    }

    private static IConfigurationRoot Memory(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();

    private static RegistrySeed Read(IConfiguration configuration)
    {
        var seed = new RegistrySeed();
        new SeedConfiguration(configuration).Configure(seed);
        return seed;
    }

    private string[] Failures(RegistrySeed seed) => [.. new RegistrySeedValidator(_replica.Validator).Validate(null, seed).Failures ?? []];
}
