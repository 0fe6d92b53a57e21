using ChatModels.Registry;
using ChatModels.Telemetry;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>Which names metrics show.</summary>
public sealed class MetricNamesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void TheFirstOnesUsed_KeepTheirNames_AndTheOthersShareOne()
    {
        var names = Names(models: 2);

        Assert.Equal(["a", "b", "_other", "a"], ((string[])["a", "b", "c", "a"]).Select(names.Model));
        Assert.Equal("a", names.Provider("a"));
    }

    [Fact]
    public void ANameThatIsInTheRegistryNoLonger_MakesRoomForAnother()
    {
        var names = Names(models: 1);
        names.Model("a");

        names.Follow(name => name != "a", _ => true);

        Assert.Equal(["b", "_other"], ((string[])["b", "a"]).Select(names.Model));
    }

    [Fact]
    public async Task AnAlias_IsMeasuredAsItsModel_AndAWildcardAsOne()
    {
        var (model, prefix) = ($"m-{Guid.NewGuid():N}", $"w-{Guid.NewGuid():N}");
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync(model, new ModelConfig { Deployments = [new DeploymentConfig { Provider = "p", Model = "up" }], Aliases = [$"{model}-alias"] });
        await host.AddModelAsync($"{prefix}/*", "p");
        using var metrics = new MetricsRecorder("ChatModels");

        foreach (var asked in (string[])[model, $"{model}-alias", $"{prefix}/one", $"{prefix}/two"])
        {
            await host.AskAsync(ChatHost.Ask(asked), Ct);
        }

        foreach (var instrument in (string[])["gen_ai.server.request.duration", "gen_ai.client.operation.duration"])
        {
            Assert.Equal((2, 2), (metrics.Of(instrument, "gen_ai.request.model", model).Count, metrics.Of(instrument, "gen_ai.request.model", $"{prefix}/*").Count));
        }
    }

    [Theory]
    [InlineData("MaxModels", "-1")]
    [InlineData("MaxProviders", "100001")]
    public async Task ALimitThatIsNone_StopsTheStart_NamingKeyAndCure(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(($"ChatModels:Telemetry:{key}", value)));

        Assert.Equal($"ChatModels:Telemetry:{key} is {value}; give a number from 0 to 100000.", refused.Message);
    }

    private static MetricNames Names(int models) => new(Options.Create(new MetricOptions { MaxModels = models }));
}
