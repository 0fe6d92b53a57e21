using ChatModels.Chat;
using ChatModels.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Tests.Chat;

/// <summary>A model in process: invoke, stream, batch.</summary>
public sealed class ChatModelTests
{
    private static readonly ChatMessage[] Hi = [new(ChatRole.User, "Hi")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoke_And_Stream_AnswerOverTheSamePath()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("Hello there."), Ct);
        await using var host = await HostWith(upstream);
        var model = host.Services.GetRequiredKeyedService<IChatModel>("m");

        var whole = await model.InvokeAsync(Hi, cancellationToken: Ct);
        var streamed = await model.StreamAsync(Hi, cancellationToken: Ct).ToChatResponseAsync(Ct);

        Assert.Equal(("m", "Hello there.", "Hello there."), (model.Name, whole.Text, streamed.Text));
    }

    [Fact]
    public async Task Batch_KeepsTheOrder_AndEachFailureWithItsRequest()
    {
        await using var upstream = await FakeUpstream.StartAsync(
            (context, body) => body.RootElement.GetProperty("messages")[0].GetProperty("content").GetString() is "1"
                ? UpstreamReply.Error(429)(context, body)
                : UpstreamReply.Completion(body.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!)(context, body),
            Ct);
        await using var host = await HostWith(upstream);

        var results = await host.Clients.GetModel("m").BatchAsync(Enumerable.Range(0, 4).Select(number => new ChatModelRequest($"{number}")), 2, Ct);

        Assert.Equal(["0", null, "2", "3"], results.Select(result => result.Response?.Text));
        Assert.Equal(ErrorCodes.UpstreamRateLimited, Assert.IsType<ChatModelsException>(results[1].Error).Code);
        Assert.All(results, result => Assert.NotEqual(result.Error is null, result.Response is null));
    }

    [Fact]
    public async Task Batch_NeverHasMoreThanAskedForInFlight()
    {
        var (now, most) = (0, 0);
        var gate = new TaskCompletionSource();
        await using var upstream = await FakeUpstream.StartAsync(
            async (context, body) =>
            {
                var running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                if (running == 3)
                {
                    gate.TrySetResult();
                }

                await gate.Task.WaitAsync(context.RequestAborted);
                Interlocked.Decrement(ref now);
                await UpstreamReply.Completion("x")(context, body);
            },
            Ct);
        await using var host = await HostWith(upstream);

        var results = await host.Clients.GetModel("m").BatchAsync(Enumerable.Range(0, 12).Select(number => new ChatModelRequest($"{number}")), 3, Ct);

        Assert.Equal((12, 3), (results.Count(result => result.Response is not null), most));
    }

    [Fact]
    public async Task Batch_Cancelled_StopsWhatRuns_AndBeginsNoOther()
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.HangBeforeHeaders(), Ct);
        await using var host = await HostWith(upstream);
        using var caller = new CancellationTokenSource();
        var batch = host.Clients.GetModel("m").BatchAsync(Enumerable.Range(0, 8).Select(number => new ChatModelRequest($"{number}")), 2, caller.Token);
        UpstreamRequest[] running = [await upstream.NextRequestAsync(Ct), await upstream.NextRequestAsync(Ct)];

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batch);
        await Task.WhenAll(running.Select(request => request.CancelledAsync(Ct)));
        Assert.Equal(2, upstream.Requests.Count);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private static async Task<ChatHost> HostWith(FakeUpstream upstream)
    {
        var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("first", upstream.Endpoint);
        await host.AddModelAsync("m", "first");
        return host;
    }
}
