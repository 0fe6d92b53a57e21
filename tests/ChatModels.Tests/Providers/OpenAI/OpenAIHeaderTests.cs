using System.Diagnostics;
using ChatModels.Providers;
using ChatModels.Secrets;
using ChatModels.Testing;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;

namespace ChatModels.Tests.Providers.OpenAI;

public sealed class OpenAIHeaderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "Accept-Encoding,Authorization,Content-Length,Content-Type,Host,User-Agent")]
    [InlineData(true, "Accept,Accept-Encoding,Authorization,Content-Length,Content-Type,Host,User-Agent")]
    public async Task Send_UnderAClientsTrace_SendsNothingButItsOwnHeaders(bool stream, string expected)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint));
        using var activity = StartActivity();

        await using var reply = await provider.SendAsync(Request(stream: stream), Ct);

        var headers = Assert.Single(upstream.Requests).Headers;
        Assert.Equal(expected, string.Join(',', headers.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(("identity", "Bearer sk-first", "application/json"), (headers["Accept-Encoding"], headers["Authorization"], headers["Content-Type"]));
        Assert.Equal(stream ? "text/event-stream" : null, headers.GetValueOrDefault("Accept"));
    }

    [Fact]
    public async Task Send_TraceWanted_SendsItsContextAndNeverBaggage()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint) with { PropagateTrace = true });
        using var activity = StartActivity();

        await using var reply = await provider.SendAsync(Request(), Ct);

        var headers = Assert.Single(upstream.Requests).Headers;
        Assert.Equal((activity.Id, "vendor=1"), (headers["traceparent"], headers["tracestate"]));
        Assert.DoesNotContain(headers.Keys, name => name.Contains("baggage", StringComparison.OrdinalIgnoreCase) || name.Contains("context", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Send_KeyRotated_UsesTheNewOneAtOnce()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        var key = new Secret("eu", "sk-first");
        var org = new Secret("org", "org-1");
        var options = Options(upstream.Endpoint) with { ApiKey = key, Headers = new Dictionary<string, HeaderSource> { ["openai-organization"] = new(null, org) } };
        await using var provider = await CreateAsync(options);

        await using var first = await provider.SendAsync(Request(), Ct);
        key.Value = "sk-second";
        org.Value = "org-2";
        await using var second = await provider.SendAsync(Request(), Ct);

        Assert.Equal(["Bearer sk-first org-1", "Bearer sk-second org-2"],
            upstream.Requests.Select(request => $"{request.Headers["Authorization"]} {request.Headers["openai-organization"]}"));
    }

    [Fact]
    public async Task Send_ConfiguredAuthorization_StandsInTheKeysPlace()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        var headers = new Dictionary<string, HeaderSource> { ["authorization"] = new(null, new Secret("basic", "Basic abc")), ["x-team"] = new("blue", null) };
        await using var provider = await CreateAsync(Options(upstream.Endpoint) with { Headers = headers });

        await using var reply = await provider.SendAsync(Request(), Ct);

        var sent = Assert.Single(upstream.Requests).Headers;
        Assert.Equal(("Basic abc", "blue"), (sent["Authorization"], sent["x-team"]));
    }

    [Fact]
    public async Task Send_NoKeyConfigured_SendsNoAuthorization()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint) with { ApiKey = null });

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.DoesNotContain("Authorization", Assert.Single(upstream.Requests).Headers.Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sk-line\nend")]
    [InlineData("sk-ünicode")]
    public async Task Send_SecretThatCanNotBeSent_FailsWithoutARequestAndWithoutShowingIt(string? value)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(Options(upstream.Endpoint) with { ApiKey = new Secret("eu-key", value) });

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => provider.SendAsync(Request(), Ct).AsTask());

        Assert.Equal((ErrorCodes.ModelUnavailableHere, "eu", ErrorCategory.Configuration), (error.Code, error.Provider, error.Category));
        Assert.Contains("'eu-key'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
    }

    private static Activity StartActivity()
    {
        var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.TraceStateString = "vendor=1";
        activity.AddBaggage("user", "alice");
        return activity.Start();
    }
}
