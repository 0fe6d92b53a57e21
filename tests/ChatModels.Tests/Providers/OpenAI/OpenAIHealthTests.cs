using ChatModels.Secrets;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;
using Upstream = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Providers.OpenAI;

[Trait("Requirement", "FR-015")]
public sealed class OpenAIHealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, true, null)]
    [InlineData(429, true, null)]
    [InlineData(401, false, "refuses our credentials")]
    [InlineData(404, false, "endpoint's path")]
    [InlineData(500, false, "answered 500")]
    public async Task CheckHealth_AnyAnswer_IsToldFromOneUnbilledRequest(int status, bool healthy, string? reason)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => Upstream.WriteErrorAsync(context, status);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));

        var health = await provider.CheckHealthAsync(Ct);

        Assert.Equal(healthy, health.Healthy);
        Assert.Contains(reason ?? "", health.Reason ?? "", StringComparison.Ordinal);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal(("GET", "/v1/models", "Bearer sk-first"), (request.Method, request.Path, request.Headers["Authorization"]));
    }

    [Fact]
    public async Task CheckHealth_NobodyAnswers_IsUnhealthyAndThrowsNothing()
    {
        await using var refusing = await CreateAsync(Options(FakeUpstream.Refusing()));
        await using var keyless = await CreateAsync(Options(FakeUpstream.Refusing()) with { ApiKey = new Secret("eu-key", null) });

        Assert.False((await refusing.CheckHealthAsync(Ct)).Healthy);
        Assert.Contains("'eu-key' has no value", (await keyless.CheckHealthAsync(Ct)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckHealth_UpstreamHangs_IsBounded()
    {
        var clock = new FakeTimeProvider();
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        await using var provider = await CreateAsync(Options(upstream.Endpoint), clock);
        var checking = provider.CheckHealthAsync(Ct).AsTask();
        await upstream.NextRequestAsync(Ct);

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("It did not answer within 10 s.", (await checking).Reason);
    }
}
