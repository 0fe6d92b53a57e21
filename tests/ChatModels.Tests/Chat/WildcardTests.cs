using System.Text;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class WildcardTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("open/gpt-4o", "*", "gpt-4o")]
    [InlineData("open/gpt-4o", "vendor/*", "vendor/gpt-4o")]
    [InlineData("open/a/b:8b", "*", "a/b:8b")]
    [InlineData("free/gpt-4o", "*", "gpt-4o")]
    [InlineData("open/gpt-4o", "fixed", "fixed")]
    public async Task ARequest_ForAWildcard_ForwardsWhatFollowsThePrefix(string asked, string configured, string forwarded)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        await using var host = await HostWith(upstream, configured);
        using var telemetry = new TelemetryCollector("ChatModels");

        await host.AskAsync($$"""{"model":"{{asked}}","messages":[]}""", Cancelled);

        Assert.Equal($$"""{"model":"{{forwarded}}","messages":[]}""", Encoding.UTF8.GetString(upstream.Requests[0].Body));
        Assert.DoesNotContain(telemetry.Finished.SelectMany(span => span.TagObjects), tag => tag.Value is string text && text.Contains(asked, StringComparison.Ordinal));
        Assert.Equal("open/*", telemetry.TheOnly("chat open/*").GetTagItem("gen_ai.request.model"));
    }

    [Theory]
    [InlineData("open/")]
    [InlineData("open/*")]
    [InlineData("open/a b")]
    [InlineData("else/gpt-4o")]
    public async Task ARequest_ForWhatNoWildcardStandsFor_IsNotFound(string asked)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        await using var host = await HostWith(upstream, "*");

        var (reply, _) = await host.AskAsync(ChatHost.Ask(asked), Cancelled);

        Assert.Equal(ErrorCodes.ModelNotFound, reply.Failure!.Code);
        Assert.Empty(upstream.Requests);
    }

    private static async Task<ChatHost> HostWith(FakeUpstream upstream, string configured)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p1", upstream.Endpoint);
        await host.AddModelAsync("open/*", new ModelConfig
        {
            Deployments = [new DeploymentConfig { Provider = "p1", Model = configured }],
            Aliases = ["free/*"],
        });
        return host;
    }
}
