using System.ClientModel;
using System.Net;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatModels.Tests.Providers.InProcess;

/// <summary>A chat client that fails, breaks off or hangs, as a caller over HTTP meets it.</summary>
public sealed class ChatClientFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new HttpRequestException("x", null, HttpStatusCode.TooManyRequests), 429, ErrorCodes.UpstreamRateLimited },
        { new HttpRequestException(HttpRequestError.ConnectionError), 502, ErrorCodes.UpstreamUnreachable },
        { new HttpRequestException("x", null, HttpStatusCode.Unauthorized), 502, ErrorCodes.UpstreamAuthentication },
        { new ClientResultException("secret sk-123", null), 502, ErrorCodes.UpstreamError },
        { new TimeoutException(), 504, ErrorCodes.UpstreamTimeout },
        { new OperationCanceledException(), 504, ErrorCodes.UpstreamTimeout },
        { new InvalidOperationException("secret sk-123"), 502, ErrorCodes.UpstreamError },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task AnException_IsMappedAndItsMessageStaysHere(Exception exception, int status, string code)
    {
        var client = new FakeChatClient { OnAnswer = (_, _) => Task.FromException<ChatResponse>(exception), OnStream = (_, _) => FakeChatClient.Breaking(exception) };
        await using var host = await ChatClientFixture.HostAsync(client);

        foreach (var stream in new[] { false, true })
        {
            var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream), Ct);

            Assert.Equal((status, code), (reply.Failure!.Status, reply.Failure.Code));
            Assert.DoesNotContain("sk-123", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AStreamThatThrowsMidway_EndsWithAnError_AndIsNotStartedAnew()
    {
        var client = new FakeChatClient { OnStream = (_, _) => FakeChatClient.Breaking(new InvalidOperationException("no"), new ChatResponseUpdate(ChatRole.Assistant, "One")) };
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await ChatClientFixture.HostAsync(client, fallback: upstream.Endpoint);

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream: true), Ct);

        Assert.Equal(ErrorCodes.UpstreamTruncated, reply.BrokenOff?.Code);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheCallersCancellation_ReachesTheClient(bool stream)
    {
        var cancelled = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var client = new FakeChatClient
        {
            OnAnswer = async (_, token) =>
            {
                started.SetResult();
                token.Register(() => cancelled.TrySetResult());
                await new TaskCompletionSource<ChatResponse>().Task; // It does not listen itself.
                return null!;
            },
            OnStream = (_, token) =>
            {
                started.SetResult();
                return FakeChatClient.Hanging(new ChatResponseUpdate(ChatRole.Assistant, "One"), cancelled, token);
            },
        };
        await using var host = await ChatClientFixture.HostAsync(client);
        using var caller = new CancellationTokenSource();
        var asking = host.AskAsync(ChatHost.Ask("m", stream), caller.Token);
        await WaitUntil.SignalAsync(started.Task, "the client's call", cancellationToken: Ct);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await WaitUntil.SignalAsync(cancelled.Task, "the cancellation", cancellationToken: Ct);
    }
}
