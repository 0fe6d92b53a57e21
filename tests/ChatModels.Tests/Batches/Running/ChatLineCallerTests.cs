using System.Text;
using ChatModels.Batches.Running;
using ChatModels.Chat.Health;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

/// <summary>A batch's lines take the same path as interactive requests, behind them.</summary>
public sealed class ChatLineCallerTests
{
    private const string Answer = """{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"any":"thing"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_LetInteractiveRequestsGoFirst_WhereAProviderIsSaturated()
    {
        var gate = new TaskCompletionSource();
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.InTurn(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Slow.")), UpstreamReply.Completion("Quick.")), Cancelled);
        await using var host = await ChatHost.StartAsync(("ChatModels:Chat:QueueLimit", "10"));
        await host.AddProviderAsync("p", limited.Endpoint, p => p with { MaxConcurrency = 1 });
        await host.AddModelAsync("m", "p");
        var caller = new ChatLineCaller(host.Pipeline);
        var first = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await limited.NextRequestAsync(Cancelled);

        var lines = Enumerable.Range(0, 5).Select(line => caller.CallAsync(Body($"line {line}"), Cancelled)).ToArray();
        await UntilWaitingAsync(host, 5);
        var interactive = host.AskAsync(ChatHost.Ask("m").Replace("Hi", "interactive", StringComparison.Ordinal), Cancelled);
        await UntilWaitingAsync(host, 6);
        gate.SetResult();
        await Task.WhenAll([first, interactive, .. lines]);

        Assert.Equal(["Hi", "interactive"], limited.Requests.Select(Text).Take(2));
        Assert.All(lines, line => Assert.Equal(200, line.Result.Status));
    }

    [Fact]
    public async Task AnAnswer_IsKeptAsItIs_AndAFailureHasItsCode()
    {
        await using var upstream = await FakeUpstream.StartAsync(
            UpstreamReply.InTurn(UpstreamReply.Json(Answer), UpstreamReply.Error(429, retryAfterSeconds: 7), UpstreamReply.Json("no json")), Cancelled);
        await using var host = await ChatHost.StartAsync(("ChatModels:Chat:MaxAttempts", "1"));
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync("m", "p");
        var caller = new ChatLineCaller(host.Pipeline);

        var good = await caller.CallAsync(Body("a"), Cancelled);
        var limited = await caller.CallAsync(Body("b"), Cancelled);
        var unknown = await caller.CallAsync("""{"model":"none","messages":[]}"""u8.ToArray(), Cancelled);
        var stream = await caller.CallAsync("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"""u8.ToArray(), Cancelled);

        Assert.Equal((200, null, Answer), (good.Status, good.Code, Encoding.UTF8.GetString(good.Body.Span)));
        Assert.Equal((429, ErrorCodes.UpstreamRateLimited, TimeSpan.FromSeconds(7), true), (limited.Status, limited.Code, limited.RetryAfter, limited.IsLimited));
        Assert.Equal((404, ErrorCodes.ModelNotFound, false), (unknown.Status, unknown.Code, unknown.IsTransient));
        Assert.False(stream.IsGood);
    }

    private static Task UntilWaitingAsync(ChatHost host, int count) =>
        WaitUntil.TrueAsync(() => host.Services.GetRequiredService<DeploymentTable>().ProviderOf("p").Gate.Waiting == count, $"{count} who wait", cancellationToken: Cancelled);

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(ChatHost.Ask("m").Replace("Hi", text, StringComparison.Ordinal));

    private static string Text(UpstreamRequest request) => request.Json.GetProperty("messages")[0].GetProperty("content").GetString()!;
}
