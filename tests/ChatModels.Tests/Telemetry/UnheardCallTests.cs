using ChatModels.Chat;
using ChatModels.Tests.Providers;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatModels.Tests.Telemetry;

/// <summary>What calls in process cost while nobody listens to their metrics.</summary>
[Collection(typeof(MeasuredAlone))]
public sealed class UnheardCallTests
{
    private static readonly ChatMessage[] Hi = [new(ChatRole.User, "Hi")];

    [Fact]
    [Trait("Requirement", "NFR-003")]
    [Trait("Requirement", "FR-012")]
    public void Invoke_And_Stream_AddNothingToTheirClientsOwn()
    {
        using var client = new ReadyClient();
        var model = new ChatModel("m", client, new MeasuredCalls(() => "m", TimeProvider.System));
        Call(model, client);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Call(model, client);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Call(ChatModel model, ReadyClient client)
    {
        var answer = model.InvokeAsync(Hi);
        var stream = model.StreamAsync(Hi);
        if (answer != client.Answer || stream != client.Updates)
        {
            throw new InvalidOperationException("Something stands between the model and its client.");
        }
    }

    private sealed class ReadyClient : IChatClient
    {
        public Task<ChatResponse> Answer { get; } = Task.FromResult(new ChatResponse());

        public IAsyncEnumerable<ChatResponseUpdate> Updates { get; } = AsyncEnumerable.Empty<ChatResponseUpdate>();

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Answer;

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Updates;

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
