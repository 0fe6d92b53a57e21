using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using ChatModels.Providers;
using OpenAI.Chat;
using UpstreamReply = ChatModels.Providers.UpstreamReply;
using UpstreamRequest = ChatModels.Providers.UpstreamRequest;

namespace ChatModels.Tests.Providers.Simulator;

internal static class SimulatorFixture
{
    public static ValueTask<IChatProvider> CreateAsync(string options = "{}", TimeProvider? time = null) => ChatProviderTypes.Global.CreateAsync(
        "simulator", ProviderTypesFixture.Options("sim", options), new ProviderServices(time ?? TimeProvider.System), CancellationToken.None);

    public static UpstreamRequest Request(string body, string model = "m") => new()
    {
        Operation = UpstreamOperation.ChatCompletions,
        Model = model,
        Body = new RequestBody(Encoding.UTF8.GetBytes(body)),
        Stream = body.Contains("\"stream\":true", StringComparison.Ordinal),
    };

    /// <summary>A request in which the user says <paramref name="text"/>; <paramref name="more"/> begins with a comma.</summary>
    public static UpstreamRequest Saying(string text, string more = "", string model = "m") =>
        Request($$"""{"model":"{{model}}","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]{{more}}}""", model);

    public static async Task<string> AskAsync(IChatProvider provider, UpstreamRequest request, CancellationToken cancellationToken)
    {
        await using var reply = await provider.SendAsync(request, cancellationToken);
        return await ReadAsync(reply, cancellationToken);
    }

    public static async Task<string> ReadAsync(UpstreamReply reply, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(reply.Body);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    public static async Task<List<string>> FramesAsync(IChatProvider provider, UpstreamRequest request, CancellationToken cancellationToken)
    {
        await using var reply = await provider.SendAsync(request, cancellationToken);
        var frames = new List<string>();
        await foreach (var item in SseParser.Create(reply.Body).EnumerateAsync(cancellationToken))
        {
            frames.Add(item.Data);
        }

        return frames;
    }

    public static ChatCompletion Completion(string json) => ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(json))!;

    public static StreamingChatCompletionUpdate Update(string json) => ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(json))!;
}
