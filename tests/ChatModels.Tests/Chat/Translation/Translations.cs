using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Chat;
using ChatModels.Chat.Translation;
using ChatModels.Providers;
using ChatModels.Registry;
using Xunit;
using UpstreamReply = ChatModels.Providers.UpstreamReply;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Translates without a network: what goes to a provider, and what comes back from it.</summary>
internal static class Translations
{
    public static (JsonNode? Body, ChatFailure? Failure) Request(UpstreamOperation from, UpstreamOperation to, string body, ProviderConfig? provider = null, int? maxOutputTokens = null)
    {
        var config = provider ?? new ProviderConfig { Type = to == UpstreamOperation.Messages ? "anthropic" : "openai" };
        var entry = new ProviderEntry { Id = "p", Config = config, Tag = new EntityTag(1, "s") };
        var deployment = new Deployment(entry, new DeploymentConfig { Provider = "p", Model = "up" });
        var model = new ModelEntry
        {
            Id = "m",
            Config = new ModelConfig { Deployments = [deployment.Config], MaxOutputTokens = maxOutputTokens },
            Tag = new EntityTag(1, "s"),
            Deployments = [deployment],
        };
        var (translated, failure) = WireTranslation.Find(from, [to])!.Translate(Read(from, body), deployment.Config.Model, model, deployment);
        if (translated is null)
        {
            return (null, failure);
        }

        var output = new ArrayBufferWriter<byte>();
        translated.WriteTo(output);
        return (JsonNode.Parse(output.WrittenSpan), failure);
    }

    /// <summary>A whole answer (JSON), or a stream (frames), in the wire format of <paramref name="from"/>.</summary>
    public static async Task<string> AnswerAsync(UpstreamOperation from, UpstreamOperation to, string answer, bool stream, int pieces = 4096)
    {
        var request = Read(from, from == UpstreamOperation.Messages
            ? $$"""{"model":"m","max_tokens":9,"messages":[],"stream":{{(stream ? "true" : "false")}}}"""
            : $$"""{"model":"m","messages":[],"stream":{{(stream ? "true" : "false")}}}""");
        var upstream = new FakeReply
        {
            Status = 200,
            ContentType = stream ? "text/event-stream" : "application/json",
            Body = new PiecesStream(Encoding.UTF8.GetBytes(answer), pieces),
        };
        var cancelled = TestContext.Current.CancellationToken;
        await using var reply = await WireTranslation.Find(from, [to])!.TranslateAsync(upstream, request, TimeProvider.System, cancelled);
        using var reader = new StreamReader(reply.Body);
        return await reader.ReadToEndAsync(cancelled);
    }

    /// <summary>Whether the chat path would read that request at all.</summary>
    public static bool IsRead(UpstreamOperation operation, string body) => ChatRequestReader.TryRead(new ChatCall(operation, Encoding.UTF8.GetBytes(body)), out _) is not null;

    public static string Frames(params IEnumerable<string> events) => string.Concat(events.Select(json => $"event: {JsonElement.Parse(json).GetProperty("type").GetString()}\ndata: {json}\n\n"));

    public static string Chunks(params IEnumerable<string> data) => string.Concat(data.Select(json => $"data: {json}\n\n"));

    /// <summary>The payloads of a stream's events, comments left out.</summary>
    public static IReadOnlyList<string> Data(string frames) =>
        [.. frames.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..])];

    private static ChatRequest Read(UpstreamOperation operation, string body)
    {
        var request = ChatRequestReader.TryRead(new ChatCall(operation, Encoding.UTF8.GetBytes(body)), out var failure);
        Assert.Null(failure);
        return request!;
    }

    private sealed class FakeReply : UpstreamReply
    {
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Gives its bytes in pieces of one size.</summary>
    private sealed class PiecesStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..int.Min(size, buffer.Length)], cancellationToken);
    }
}
