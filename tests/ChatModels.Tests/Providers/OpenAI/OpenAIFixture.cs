using System.Text;
using ChatModels.Providers;
using ChatModels.Secrets;
using UpstreamRequest = ChatModels.Providers.UpstreamRequest;

namespace ChatModels.Tests.Providers.OpenAI;

internal static class OpenAIFixture
{
    public const string Body = """{"model":"gpt-test","messages":[{"role":"user","content":"Hi"}]}""";

    public static ProviderOptions Options(Uri endpoint) => new() { Id = "eu", Endpoint = endpoint, ApiKey = new Secret("eu", "sk-first") };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, TimeProvider? time = null, IServiceProvider? services = null) =>
        ChatProviderTypes.Global.CreateAsync("openai", options, new ProviderServices(time ?? TimeProvider.System, services), CancellationToken.None);

    public static UpstreamRequest Request(string body = Body, bool stream = false, UpstreamOperation operation = UpstreamOperation.ChatCompletions) => new()
    {
        Operation = operation,
        Model = "gpt-test",
        Body = new RequestBody(Encoding.UTF8.GetBytes(body)),
        Stream = stream,
    };

    public static async Task<string> ReadAsync(ChatModels.Providers.UpstreamReply reply, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(reply.Body);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
