using System.Text;
using System.Text.Json;
using ChatModels.Providers;

namespace ChatModels.Tests.Samples;

/// <summary>Answers with the last message in capitals: a provider type of your own, whole.</summary>
public sealed class ShoutingProvider(string end) : IChatProvider
{
    public static readonly ProviderMetadata Metadata = new()
    {
        Name = "shouting",
        Description = "Says the last message louder.",
        Capabilities = [ModelCapabilities.Chat],
        Endpoint = FieldUse.Refused,
        ApiKey = FieldUse.Refused,
        Options = [new() { Name = "end", Kind = OptionKind.Text, Description = "What stands at the end; ! where absent." }],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken) =>
        new(new ShoutingProvider(options.Values.ReadText("end") ?? "!"));

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.WriteToAsync(body, cancellationToken);
        using var json = JsonDocument.Parse(body.ToArray());
        var said = json.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString();
        var answer = JsonEncodedText.Encode(said?.ToUpperInvariant() + end);
        return new Reply
        {
            Status = 200,
            ContentType = "application/json",
            Body = new MemoryStream(Encoding.UTF8.GetBytes(
                $$"""{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"{{answer}}"},"finish_reason":"stop"}]}""")),
        };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => new(ProviderHealth.Ok);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Reply : UpstreamReply
    {
        public override ValueTask DisposeAsync() => Body.DisposeAsync();
    }
}
