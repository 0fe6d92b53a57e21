using System.Diagnostics;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.AI;
using Xunit;
using Upstream = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Providers.InProcess;

/// <summary>Both ends are chat clients of this process: the caller's objects arrive, and the client's come back.</summary>
public sealed class ChatClientObjectTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ChatMessage[] Question => [new(ChatRole.User, [new TextContent("Hi"), new Custom("in")]) { AdditionalProperties = new() { ["cache"] = "yes" } }];

    [Fact]
    public async Task AWholeAnswer_LosesNothingEitherWay()
    {
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextContent("Hello"), new Custom("out")])) { AdditionalProperties = new() { ["trace"] = 7 } };
        var client = new FakeChatClient { OnAnswer = (_, _) => Task.FromResult(response) };
        await using var host = await ChatClientFixture.HostAsync(client);
        var question = Question;
        var options = new ChatOptions { AdditionalProperties = new() { ["mode"] = question } };

        var answer = await host.Clients.Get("m").GetResponseAsync(question, options, Ct);

        Assert.Same(response, answer);
        Assert.Same(question[0], client.Calls[0].Messages[0]);
        Assert.Same(question, client.Calls[0].Options.AdditionalProperties!["mode"]);
        Assert.Equal(("wrapped-model", null), (client.Calls[0].Options.ModelId, options.ModelId));
    }

    [Fact]
    public async Task AStream_LosesNothing_AndComesAsItIsMade()
    {
        var gate = new TaskCompletionSource();
        var first = new ChatResponseUpdate(ChatRole.Assistant, [new TextContent("One"), new Custom("out")]) { AdditionalProperties = new() { ["a"] = 1 } };
        var second = new ChatResponseUpdate(ChatRole.Assistant, [new TextContent("two"), new Custom("more")]);
        var client = new FakeChatClient { OnStream = (_, _) => GatedAsync() };
        await using var host = await ChatClientFixture.HostAsync(client);
        List<ChatResponseUpdate> updates = [];

        await foreach (var update in host.Clients.Get("m").GetStreamingResponseAsync(Question, cancellationToken: Ct))
        {
            updates.Add(update);
            gate.TrySetResult(); // The second is only made once the first was seen.
        }

        Assert.Equal([first, second], updates);

        async IAsyncEnumerable<ChatResponseUpdate> GatedAsync()
        {
            yield return first;
            await gate.Task;
            yield return second;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhenItFails_TheNextDeploymentsAnswerIsTheAnswer(bool stream)
    {
        var client = new FakeChatClient
        {
            OnAnswer = (_, _) => throw new InvalidOperationException("no"),
            OnStream = (_, _) => FakeChatClient.Breaking(new InvalidOperationException("no"), new ChatResponseUpdate { RawRepresentation = "not content" }),
        };
        await using var upstream = await FakeUpstream.StartAsync(Upstream.Auto("From the other."), Ct);
        await using var host = await ChatClientFixture.HostAsync(client, fallback: upstream.Endpoint);

        var chat = host.Clients.Get("m");
        var answer = stream ? await chat.GetStreamingResponseAsync(Question, cancellationToken: Ct).ToChatResponseAsync(Ct) : await chat.GetResponseAsync(Question, cancellationToken: Ct);

        Assert.Equal("From the other.", answer.Text);
    }

    [Fact]
    public async Task RoutingAndTelemetry_StillSeeTheRequest()
    {
        var client = new FakeChatClient();
        await using var host = await ChatClientFixture.HostAsync(client);
        using var stopped = new CancellationTokenSource();
        List<string> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ChatModels",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add($"{span.Kind} {span.GetTagItem("gen_ai.provider.name")} {span.GetTagItem("gen_ai.request.model")}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await host.Clients.Get("m").GetResponseAsync(Question, cancellationToken: Ct);

        lock (spans)
        {
            Assert.Contains("Client chat-client wrapped-model", spans);
        }
    }

    [Fact]
    public async Task AClientThatIsTheModelItself_IsACircle_AndSaysSo()
    {
        ChatHost? host = null;
        var client = new FakeChatClient { OnAnswer = (call, token) => host!.Clients.Get("m").GetResponseAsync(call.Messages, null, token) };
        await using (host = await ChatClientFixture.HostAsync(client))
        {
            var error = await Assert.ThrowsAsync<ChatModelsException>(() => host.Clients.Get("m").GetResponseAsync(Question, cancellationToken: Ct));

            Assert.Contains("call each other", error.Message, StringComparison.Ordinal);
            Assert.InRange(client.Calls.Count, 2, 16);
        }
    }

    private sealed class Custom(string value) : AIContent
    {
        public string Value { get; } = value;
    }
}
