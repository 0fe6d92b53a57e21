using System.Text.Json;
using ChatModels.Providers;

namespace ChatModels.Tests.Properties;

/// <summary>Answers with the bytes that it was given, in pieces of any size; holds every request against what a provider may expect.</summary>
internal sealed class CannedProvider(CannedAnswer answer) : IChatProvider
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    public static ProviderMetadata Metadata { get; } = new() { Name = "canned", Description = "For tests.", Endpoint = FieldUse.Refused, ApiKey = FieldUse.Refused };

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.WriteToAsync(body, cancellationToken);
        answer.Sent = Mistake(body.ToArray());
        return new Reply
        {
            Status = answer.Status,
            ContentType = request.Stream ? answer.StreamType : "application/json",
            ContentLength = answer.Length,
            Body = new PieceStream(request.Stream ? answer.Stream : answer.Whole, answer.Pieces),
        };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => new(ProviderHealth.Ok);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Mistake(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Deep);
            var models = json.RootElement.EnumerateObject().Where(IsModel).ToList();
            return models is [{ Value.ValueKind: JsonValueKind.String }] && models[0].Value.ValueEquals("vendor-model") ? null : "model is not the vendor's, or not once there";
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
    }

    private static bool IsModel(JsonProperty field)
    {
        try
        {
            return field.NameEquals("model");
        }
        catch (InvalidOperationException)
        {
            return false; // Half of a surrogate pair: nobody's name.
        }
    }

    private sealed class Reply : UpstreamReply
    {
        public override ValueTask DisposeAsync() => Body.DisposeAsync();
    }

    private sealed class PieceStream(byte[] bytes, Random pieces) : MemoryStream(bytes, writable: false)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieces.Next(1, 400))], cancellationToken);
    }
}

/// <summary>What a <see cref="CannedProvider"/> says next, and what it found in the last request.</summary>
internal sealed class CannedAnswer
{
    public byte[] Whole { get; set; } = """{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"""u8.ToArray();

    public byte[] Stream { get; set; } = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"u8.ToArray();

    public int Status { get; set; } = 200;

    public string? StreamType { get; set; } = "text/event-stream";

    public long? Length { get; set; }

    public Random Pieces { get; set; } = new(1);

    /// <summary>What was wrong with the last request; null when nothing was.</summary>
    public string? Sent { get; set; }
}
