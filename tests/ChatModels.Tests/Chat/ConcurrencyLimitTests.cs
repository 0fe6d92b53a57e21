using System.Text;
using ChatModels.Chat;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class ConcurrencyLimitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AProviderAtItsLimit_WithAFullQueue_IsPassedOverForAnother()
    {
        var gate = new TaskCompletionSource();
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Slow.")), Cancelled);
        await using var other = await FakeUpstream.StartAsync(UpstreamReply.Completion("Other."), Cancelled);
        await using var host = await HostWith(limited, queue: 0);
        await host.AddProviderAsync("q", other.Endpoint);
        await host.AddModelAsync("m", "p", "q");
        var first = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await limited.NextRequestAsync(Cancelled);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        gate.SetResult();

        Assert.Equal((1, "q/q-model"), (reply.Route.Attempts, reply.Route.Deployment));
        Assert.Equal("p/p-model", (await first).Reply.Route.Deployment);
    }

    [Fact]
    public async Task WhenNothingElseServesTheModel_ItIs429_WithAWait()
    {
        var gate = new TaskCompletionSource();
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Slow.")), Cancelled);
        await using var host = await HostWith(limited, queue: 0);
        var first = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await limited.NextRequestAsync(Cancelled);

        var (reply, _) = await host.AskAsync(ChatHost.Ask("m"), Cancelled);
        gate.SetResult();
        await first;

        Assert.Equal(
            (429, ErrorCodes.ProviderSaturated, TimeSpan.FromSeconds(1), "p", 0),
            (reply.Failure!.Status, reply.Failure.Code, reply.Failure.RetryAfter, reply.Failure.Provider, reply.Route.Attempts));
    }

    [Fact]
    public async Task ThoseWhoWait_AreServedInTurn_InteractiveBeforeBatches()
    {
        var gate = new TaskCompletionSource();
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.InTurn(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Slow.")), UpstreamReply.Completion("Quick.")), Cancelled);
        await using var host = await HostWith(limited, queue: 10);
        var first = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await limited.NextRequestAsync(Cancelled);
        var batch = SendAsync(host, "batch", ChatPriority.Batch);
        var interactive = SendAsync(host, "interactive", ChatPriority.Interactive);
        Assert.Equal((false, false), (batch.IsCompleted, interactive.IsCompleted));

        gate.SetResult();
        await Task.WhenAll(first, batch, interactive);

        Assert.Equal(["Hi", "interactive", "batch"], limited.Requests.Select(r => r.Json.GetProperty("messages")[0].GetProperty("content").GetString()!));
    }

    [Fact]
    public async Task AStream_HoldsItsPlaceToItsEnd()
    {
        await using var limited = await FakeUpstream.StartAsync(UpstreamStreaming.Of("a", "b"), Cancelled);
        await using var host = await HostWith(limited, queue: 0);
        var stream = await host.Pipeline.SendAsync(Encoding.UTF8.GetBytes(ChatHost.Ask("m", stream: true)), Cancelled);
        Assert.Null(stream.Failure);

        Assert.Equal(ErrorCodes.ProviderSaturated, (await host.AskAsync(ChatHost.Ask("m", stream: true), Cancelled)).Reply.Failure!.Code);
        await stream.DisposeAsync();

        Assert.Null((await host.AskAsync(ChatHost.Ask("m", stream: true), Cancelled)).Reply.Failure);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(400)]
    public async Task AFailedRequest_GivesItsPlaceBack(int status)
    {
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.Error(status), Cancelled);
        await using var host = await HostWith(limited, queue: 0);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(status, (await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Reply.Failure!.UpstreamStatus);
        }
    }

    [Fact]
    public async Task ALimitThatIsRaised_LetsThoseInWhoWait()
    {
        var gate = new TaskCompletionSource();
        await using var limited = await FakeUpstream.StartAsync(UpstreamReply.After(gate.Task, UpstreamReply.Completion("Slow.")), Cancelled);
        await using var host = await HostWith(limited, queue: 10);
        var first = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        var second = host.AskAsync(ChatHost.Ask("m"), Cancelled);
        await limited.NextRequestAsync(Cancelled);

        await host.AddProviderAsync("p", limited.Endpoint, p => p with { MaxConcurrency = 2 });
        await limited.NextRequestAsync(Cancelled);
        gate.SetResult();

        Assert.All([await first, await second], answer => Assert.Null(answer.Reply.Failure));
    }

    private static async Task SendAsync(ChatHost host, string text, ChatPriority priority)
    {
        var body = Encoding.UTF8.GetBytes(ChatHost.Ask("m").Replace("Hi", text, StringComparison.Ordinal));
        await using var reply = await host.Pipeline.SendAsync(ChatHost.Call(body), new ChatSendOptions { Priority = priority }, Cancelled);
        Assert.Null(reply.Failure);
    }

    private static async Task<ChatHost> HostWith(FakeUpstream upstream, int queue)
    {
        var host = await ChatHost.StartAsync(("ChatModels:Chat:QueueLimit", $"{queue}"));
        await host.AddProviderAsync("p", upstream.Endpoint, p => p with { MaxConcurrency = 1 });
        await host.AddModelAsync("m", "p");
        return host;
    }
}
