using System.Text;
using System.Text.Json;
using ChatModels.Providers;
using ChatModels.Secrets;
using ChatModels.Testing;
using Xunit;
using Upstream = ChatModels.Testing.UpstreamReply;
using UpstreamRequest = ChatModels.Providers.UpstreamRequest;

namespace ChatModels.Tests.Providers.Anthropic;

public sealed class AnthropicProviderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Messages_GoesToItsPathWithTheProtocolsHeaders()
    {
        await using var upstream = await FakeUpstream.StartAsync(AnthropicUpstream.Auto("Hi."), Ct);
        await using var provider = await CreateAsync(upstream.Root);

        await using var reply = await provider.SendAsync(Request(), Ct);

        var sent = Assert.Single(upstream.Requests);
        Assert.Equal("Accept-Encoding,anthropic-version,Content-Length,Content-Type,Host,User-Agent,x-api-key", string.Join(',', sent.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase)));
        Assert.Equal(("/v1/messages", "sk-ant", "2023-06-01"), (sent.Path, sent.Headers["x-api-key"], sent.Headers["anthropic-version"]));
        Assert.Equal("""{"model":"claude","max_tokens":1,"messages":[]}""", Encoding.UTF8.GetString(sent.Body));
    }

    [Theory]
    [InlineData(false, "2024-01-01", "a-1,b-2")]
    [InlineData(true, "2025-05-05", "c-3")]
    public async Task Send_VersionAndBeta_AreTheProvidersUnlessTheCallerBringsItsOwn(bool callers, string version, string beta)
    {
        await using var upstream = await FakeUpstream.StartAsync(AnthropicUpstream.Auto("Hi."), Ct);
        await using var provider = await CreateAsync(upstream.Root, """{"version":"2024-01-01","beta":"a-1,b-2"}""");

        await using var reply = await provider.SendAsync(Request(callers ? [new("anthropic-version", version), new("anthropic-beta", beta)] : []), Ct);

        var headers = Assert.Single(upstream.Requests).Headers;
        Assert.Equal((version, beta), (headers["anthropic-version"], headers["anthropic-beta"]));
    }

    [Theory]
    [InlineData("", "/v1/messages")]
    [InlineData("v1/", "/v1/messages")]
    [InlineData("proxy/anthropic", "/proxy/anthropic/v1/messages")]
    public async Task Send_AnyEndpoint_PutsThePathInItsPlace(string path, string expected)
    {
        await using var upstream = await FakeUpstream.StartAsync(AnthropicUpstream.Auto("Hi."), Ct);
        await using var provider = await CreateAsync(new Uri(upstream.Root, path));

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.Equal(expected, Assert.Single(upstream.Requests).Path);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(401, false)]
    [InlineData(529, false)]
    public async Task CheckHealth_AsksForTheModelsAndForNothingThatIsBilled(int status, bool healthy)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => Upstream.WriteErrorAsync(context, status);
        await using var provider = await CreateAsync(upstream.Root);

        var health = await provider.CheckHealthAsync(Ct);

        var sent = Assert.Single(upstream.Requests);
        Assert.Equal((healthy, "GET", "/v1/models", "2023-06-01"), (health.Healthy, sent.Method, sent.Path, sent.Headers["anthropic-version"]));
    }

    private static UpstreamRequest Request(IReadOnlyList<KeyValuePair<string, string>>? headers = null) => new()
    {
        Operation = UpstreamOperation.Messages,
        Model = "claude",
        Body = new RequestBody("""{"model":"claude","max_tokens":1,"messages":[]}"""u8.ToArray()),
        Headers = headers ?? [],
    };

    private static ValueTask<IChatProvider> CreateAsync(Uri endpoint, string options = "{}") => ChatProviderTypes.Global.CreateAsync(
        "anthropic",
        new ProviderOptions
        {
            Id = "claude",
            Endpoint = endpoint,
            ApiKey = new Secret("claude", "sk-ant"),
            Values = JsonElement.Parse(options).EnumerateObject().ToDictionary(option => option.Name, option => option.Value),
        },
        new ProviderServices(TimeProvider.System),
        CancellationToken.None);
}
