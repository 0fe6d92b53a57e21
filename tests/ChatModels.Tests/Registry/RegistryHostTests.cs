using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Tests.Registry;

[Trait("Requirement", "FR-008")]
public sealed class RegistryHostTests
{
    [Fact]
    public async Task Host_InDevelopment_LoadsSeedsAnnouncesAndIsReady()
    {
        using var host = Build(
            "Development",
            ("ChatModels:Registry:Role", "api"),
            ("ChatModels:Seed:Providers:0:Id", "echo"),
            ("ChatModels:Seed:Providers:0:Type", "echo"),
            ("ChatModels:Seed:Models:0:Id", "one"),
            ("ChatModels:Seed:Models:0:Deployments:0:Provider", "echo"),
            ("ChatModels:Seed:Models:0:Deployments:0:Model", "m"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var registry = host.Services.GetRequiredService<ModelRegistry>();

        Assert.True(await registry.WaitForRevisionAsync(1, WaitUntil.DefaultDeadline, TestContext.Current.CancellationToken));
        Assert.Equal(["one"], registry.Current.Models.Keys);
        await WaitUntil.TrueAsync(
            async token => (await registry.ListReplicasAsync(token)) is [{ Role: "api", Revision: 1, State: RegistryState.Live }],
            "the announcement",
            cancellationToken: TestContext.Current.CancellationToken);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(r => r.Tags.Contains("ready"), TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(["registry"], health.Entries.Keys);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Host_ThatHasStarted_CanBeWrittenAtOnce()
    {
        using var host = Build("Development");
        await host.StartAsync(TestContext.Current.CancellationToken);

        var result = await host.Services.GetRequiredService<ModelRegistry>().PutProviderAsync("echo", Sample.Provider, Precondition.None, "tester", TestContext.Current.CancellationToken);

        Assert.Null(result.Failure);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Host_InProductionWithoutRedis_RefusesToStartAndNamesTheCure()
    {
        using var host = Build("Production");

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("ChatModels__Registry__Store=memory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_InProductionInMemory_IsBornAtOnce()
    {
        using var host = Build("Production", ("ChatModels:Registry:Store", "memory"));
        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.True(await host.Services.GetRequiredService<ModelRegistry>().WaitForRevisionAsync(1, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Host_WithRedis_KeepsItThereAndWaitsForRestorers()
    {
        var builder = Builder("Production", ("ConnectionStrings:redis", "127.0.0.1:1"));
        var host = builder.Build();
        await using var services = (IAsyncDisposable)host;

        Assert.IsType<RedisRegistryStore>(host.Services.GetRequiredService<IRegistryStore>());
        Assert.Equal(TimeSpan.FromSeconds(10), host.Services.GetRequiredService<IOptions<RegistryOptions>>().Value.BirthDelay);
    }

    [Fact]
    public void Options_Mistakes_AreAllNamedWithKeyAndCure()
    {
        using var host = Build(
            "Production",
            ("ChatModels:Registry:Name", "no spaces"),
            ("ChatModels:Registry:Store", "disk"),
            ("ChatModels:Registry:MaxStaleness", "00:00:00"),
            ("ChatModels:Registry:RefreshMinimum", "00:00:05"),
            ("ChatModels:Registry:LastKnownGood", "/"),
            ("ChatModels:Registry:WriteDeadline", "1.00:00:00"));

        var failure = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<RegistryOptions>>().Value);

        var failures = failure.Failures.ToArray();
        Assert.Equal(7, failures.Length);
        Assert.Contains("ChatModels:Registry:LastKnownGood is '/', which can't be a file; give the path of one, such as /var/lib/chatmodels/registry.json, or leave it out.", failures);
        Assert.Contains("ChatModels:Registry:MaxStaleness is 00:00:00; give 00:00:01 to 1.00:00:00.", failures);
        Assert.Contains("ChatModels:Registry:Store is 'disk'; give 'redis' or 'memory', or leave it out.", failures);
        Assert.Contains("ChatModels:Registry:RefreshMinimum is 00:00:05, more than RefreshMaximum; give at most 00:00:04.", failures);
    }

    [Fact]
    public void Options_StoreRedisWithoutAConnectionString_IsAMistake()
    {
        using var host = Build("Development", ("ChatModels:Registry:Store", "redis"));

        var failure = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<RegistryOptions>>().Value);

        Assert.Equal(["ChatModels:Registry:Store is 'redis', but ConnectionStrings:redis is missing; set ConnectionStrings__redis=HOST:PORT."], failure.Failures);
    }

    [Fact]
    public async Task Host_SeedWithMistakes_RefusesToStart()
    {
        using var host = Build("Development", ("ChatModels:Seed:Providers:0:Id", "x"), ("ChatModels:Seed:Providers:0:Type", "nope"));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("ChatModels:Seed:Providers:0:Type: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_SeedByCode_IsUsedWhereConfigurationHasNone()
    {
        var builder = Builder("Development");
        builder.Services.Configure<RegistrySeed>(seed => seed.Providers["echo"] = Sample.Provider);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var registry = host.Services.GetRequiredService<ModelRegistry>();

        Assert.True(await registry.WaitForRevisionAsync(1, WaitUntil.DefaultDeadline, TestContext.Current.CancellationToken));
        Assert.Equal(["echo"], registry.Current.Providers.Keys);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(string environment, params (string Key, string Value)[] settings) => Builder(environment, settings).Build();

    private static HostApplicationBuilder Builder(string environment, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        var types = new ChatProviderTypes();
        types.Register(Sample.Metadata, (_, _, _) => new ValueTask<IChatProvider>(new EchoProvider()));
        builder.Services.AddSingleton(types);
        builder.Services.AddLogging();
        return builder.AddRegistry();
    }
}
