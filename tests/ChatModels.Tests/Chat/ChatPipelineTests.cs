using System.Text;
using ChatModels.Chat;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public class ChatPipelineTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARequest_GoesOnWithOnlyItsModelReplaced()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        await using var host = await HostWith(upstream);

        await host.AskAsync("""{ "x_new_field": {"a":[1,2.50]}, "model": "m", "messages": [ {"role":"user","content":"Zoë \u00eb"} ] }""", Cancelled);

        Assert.Equal(
            """{ "x_new_field": {"a":[1,2.50]}, "model": "first-model", "messages": [ {"role":"user","content":"Zoë \u00eb"} ] }""",
            Encoding.UTF8.GetString(upstream.Requests[0].Body));
    }

    [Fact]
    public async Task AnAnswer_ComesBackByteForByte()
    {
        const string answer = """{ "id":"1", "choices":[{"index":0,"message":{"content":"é \u00e9"},"finish_reason":"stop"}], "x":1 }""";
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json(answer), Cancelled);
        await using var host = await HostWith(upstream);

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((answer, null, Encoding.UTF8.GetByteCount(answer)), (body, reply.Failure, reply.Length));
        Assert.Equal(new ChatRoute(host.Registry.Current.Head!.Revision, 1, "first/first-model"), reply.Route);
    }

    [Theory]
    [InlineData(400, 400, ErrorCodes.UpstreamRejected)]
    [InlineData(401, 502, ErrorCodes.UpstreamAuthentication)]
    [InlineData(402, 502, ErrorCodes.UpstreamAuthentication)]
    [InlineData(403, 502, ErrorCodes.UpstreamAuthentication)]
    [InlineData(404, 502, ErrorCodes.UpstreamModelNotFound)]
    [InlineData(405, 502, ErrorCodes.UpstreamError)]
    [InlineData(408, 504, ErrorCodes.UpstreamTimeout)]
    [InlineData(413, 413, ErrorCodes.UpstreamRejected)]
    [InlineData(422, 422, ErrorCodes.UpstreamRejected)]
    [InlineData(429, 429, ErrorCodes.UpstreamRateLimited)]
    [InlineData(500, 502, ErrorCodes.UpstreamError)]
    [InlineData(503, 503, ErrorCodes.UpstreamError)]
    [InlineData(529, 503, ErrorCodes.UpstreamError)]
    public async Task AnUpstreamStatus_MeansForTheCaller(int upstreamStatus, int status, string code)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(upstreamStatus), Cancelled);
        await using var host = await HostWith(upstream);

        foreach (var stream in new[] { false, true })
        {
            var (reply, _) = await host.AskAsync(ChatHost.Ask("m", stream), Cancelled);

            Assert.Equal((status, code, upstreamStatus, "first"), (reply.Failure!.Status, reply.Failure.Code, reply.Failure.UpstreamStatus, reply.Failure.Provider));
        }
    }

    [Fact]
    public async Task ARefusalOfTheRequestItself_IsPassedOnInTheProvidersWords()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(400, "context_length_exceeded", "Too many tokens."), Cancelled);
        await using var host = await HostWith(upstream);

        var (_, body) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Contains("Too many tokens.", body, StringComparison.Ordinal);
        Assert.Contains("context_length_exceeded", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusalThatQuotesOurKey_IsReplaced()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(400, "bad", $"Key {ChatHost.Key} may not do this."), Cancelled);
        await using var host = await HostWith(upstream);

        var (_, body) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Contains("\"code\":\"upstream_rejected\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain(ChatHost.Key, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("{}")]
    [InlineData("{\"choices\":[")]
    [InlineData("{\"error\":{\"message\":\"no\"}}")]
    public async Task ASuccessThatIsNoAnswer_IsABadGateway(string body)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Json(body), Cancelled);
        await using var host = await HostWith(upstream);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((502, ErrorCodes.UpstreamInvalidResponse), (reply.Failure!.Status, reply.Failure.Code));
    }

    [Fact]
    public async Task ANonStreamAnswerToAStreamRequest_IsABadGateway()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("whole"), Cancelled);
        await using var host = await HostWith(upstream);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m", stream: true), Cancelled);

        Assert.Equal(ErrorCodes.UpstreamInvalidResponse, reply.Failure!.Code);
    }

    [Fact]
    public async Task AProviderThatCantBeReached_IsABadGateway()
    {
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", FakeUpstream.Refusing());
        await host.AddModelAsync("m", "first");

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((502, ErrorCodes.UpstreamUnreachable), (reply.Failure!.Status, reply.Failure.Code));
    }

    [Fact]
    public async Task AProviderThatHangs_TimesOut_AndIsLetGo()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.HangBeforeHeaders(), Cancelled);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", upstream.Endpoint, p => p with { Timeout = TimeSpan.FromMilliseconds(200) });
        await host.AddModelAsync("m", "first");

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Equal((504, ErrorCodes.UpstreamTimeout), (reply.Failure!.Status, reply.Failure.Code));
        await upstream.Requests[0].CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task AStreamsHeadersMayTakeTheTimeout_ButTheStreamMayTakeLonger()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["a", "b"], BeforeChunk = i => i == 1 ? gate.Task : Task.CompletedTask }), Cancelled);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", upstream.Endpoint, p => p with { Timeout = TimeSpan.FromSeconds(1) });
        await host.AddModelAsync("m", "first");
        await using var reply = await host.Pipeline.SendAsync(Encoding.UTF8.GetBytes(ChatHost.Ask("m", stream: true)), Cancelled);
        await reply.ReadAsync(Cancelled);

        var started = TimeProvider.System.GetTimestamp();
        var next = reply.ReadAsync(Cancelled).AsTask();
        await WaitUntil.TrueAsync(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(1.2), "longer than the timeout", cancellationToken: Cancelled);
        gate.SetResult();

        Assert.Contains("\"b\"", Encoding.UTF8.GetString((await next).Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheCallersCancellation_ReachesTheUpstreamAtOnce(bool stream)
    {
        await using var upstream = await FakeUpstream.StartAsync(stream ? UpstreamStreaming.HangAfterHeaders() : UpstreamReply.HangBeforeHeaders(), Cancelled);
        await using var host = await HostWith(upstream);
        using var caller = new CancellationTokenSource();
        var asking = host.AskAsync(ChatHost.Ask("m", stream), caller.Token);
        var request = await upstream.NextRequestAsync(Cancelled);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task AReplyDisposedMidStream_LetsTheUpstreamGo()
    {
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["a"], End = StreamEnd.Hang }), Cancelled);
        await using var host = await HostWith(upstream);
        var reply = await host.Pipeline.SendAsync(Encoding.UTF8.GetBytes(ChatHost.Ask("m", stream: true)), Cancelled);
        Assert.False((await reply.ReadAsync(Cancelled)).IsEmpty);

        await reply.DisposeAsync();

        await upstream.Requests[0].CancelledAsync(Cancelled);
    }

    [Fact]
    public async Task ALongAnswer_ComesThroughWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"word{i} "));
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion(text), Cancelled);
        await using var host = await HostWith(upstream);

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);

        Assert.Null(reply.Failure);
        Assert.Contains(text, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", 404, ErrorCodes.ModelNotFound)]
    [InlineData("off", 404, ErrorCodes.ModelDisabled)]
    [InlineData("keyless", 503, ErrorCodes.ModelUnavailableHere)]
    [InlineData("embedder", 400, ErrorCodes.CapabilityMissing)]
    public async Task AModelThatCantBeServed_SaysWhy(string model, int status, string code)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        await using var host = await HostWith(upstream);
        await host.AddProviderAsync("no-key", upstream.Endpoint, p => p with { ApiKey = new("nowhere") });
        var deployments = new[] { new DeploymentConfig { Provider = "first", Model = "x" } };
        await host.AddModelAsync("off", new ModelConfig { Deployments = deployments, Enabled = false });
        await host.AddModelAsync("embedder", new ModelConfig { Deployments = deployments, Capabilities = [ModelCapabilities.Embeddings] });
        await host.AddModelAsync("keyless", "no-key");

        var (reply, _) = await host.AskAsync(ChatHost.Ask(model), Cancelled);

        Assert.Equal((status, code, "model"), (reply.Failure!.Status, reply.Failure.Code, reply.Failure.Param));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task AProviderReplacedInFlight_FinishesItsRequest_AndTheNextGoesToTheNewOne()
    {
        var gate = new TaskCompletionSource();
        await using var old = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("old")), Cancelled);
        await using var young = await FakeUpstream.StartAsync(UpstreamReply.Completion("new"), Cancelled);
        await using var host = await HostWith(old);
        var inFlight = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await old.NextRequestAsync(Cancelled);

        await host.AddProviderAsync("first", young.Endpoint);
        var (_, next) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        gate.SetResult();

        Assert.Contains("\"new\"", next, StringComparison.Ordinal);
        Assert.Contains("\"old\"", (await inFlight).Body, StringComparison.Ordinal);
    }

    private static async Task<ChatHost> HostWith(FakeUpstream upstream)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", upstream.Endpoint);
        await host.AddModelAsync("m", "first");
        return host;
    }
}
