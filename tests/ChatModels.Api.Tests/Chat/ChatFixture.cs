using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Anthropic;
using Anthropic.Core;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>One vendor (who is not there where it has no behaviour), and one model on it in the Api, both of the test's own.</summary>
internal sealed class ChatFixture : IAsyncDisposable
{
    private readonly TestApi _api;

    private ChatFixture(TestApi api, FakeUpstream upstream) => (_api, Upstream) = (api, upstream);

    public FakeUpstream Upstream { get; }

    public string Model { get; } = Requests.UniqueId("m");

    public HttpClient Client => _api.Client;

    public static async Task<ChatFixture> StartAsync(TestApi api, UpstreamHandler? onChat, string type = "openai", string timeout = "00:01:40")
    {
        var cancelled = TestContext.Current.CancellationToken;
        var fixture = new ChatFixture(api, await FakeUpstream.StartAsync(onChat, cancelled));
        var provider = Requests.UniqueId("p");
        var endpoint = onChat is null ? FakeUpstream.Refusing() : type == "anthropic" ? fixture.Upstream.Root : fixture.Upstream.Endpoint;
        await PutAsync($"/registry/providers/{provider}", $$"""{"type":"{{type}}","endpoint":"{{endpoint}}","timeout":"{{timeout}}"}""");
        await PutAsync($"/registry/models/{fixture.Model}", $$"""{"deployments":[{"provider":"{{provider}}","model":"vendor-model"}]}""");
        return fixture;

        async Task PutAsync(string path, string json) => Assert.Equal(201, (int)(await api.Client.PutAsync(path, json, cancelled)).StatusCode);
    }

    /// <summary>The official client. It does not try again, so that a test sees the answer it got.</summary>
    public ChatClient OfficialClient(string? model = null) => new(model ?? Model, new ApiKeyCredential("any"), new OpenAIClientOptions
    {
        Endpoint = new Uri(_api.Address, "/v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    });

    public EmbeddingClient OfficialEmbeddings() => new(Model, new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(_api.Address, "/v1") });

    /// <summary>The official client of Anthropic. It checks every answer against the protocol, and does not try again.</summary>
    public AnthropicClient AnthropicClient() =>
        new(new ClientOptions { BaseUrl = _api.Address.ToString().TrimEnd('/'), ApiKey = "any", MaxRetries = 0, ResponseValidation = true });

    public string Ask(bool stream = false) => $$"""{"model":"{{Model}}","messages":[{"role":"user","content":"Hi"}],"stream":{{(stream ? "true" : "false")}}}""";

    public HttpRequestMessage Message(bool stream) => new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Ask(stream), Encoding.UTF8, "application/json") };

    public ValueTask DisposeAsync() => Upstream.DisposeAsync();
}
