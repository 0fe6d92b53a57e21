using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

public sealed class MessagesSurfaceTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/messages", "", 400, "invalid_request_error", "The body is empty")]
    [InlineData("/v1/messages", "{\"model\":\"m\"}", 400, "invalid_request_error", "'messages' is missing")]
    [InlineData("/v1/messages", "{\"model\":\"no-such-model\",\"messages\":[]}", 404, "not_found_error", "does not exist")]
    [InlineData("/v1/messages/count_tokens", "{}", 400, "invalid_request_error", "'model' is missing")]
    [InlineData("/v1/messages/count_tokens", "{\"model\":\"sim-fast\",\"messages\":[]}", 400, "invalid_request_error", "nothing like this operation")]
    [InlineData("/v1/messages/batches", "{}", 404, "not_found_error", "nothing at this path")]
    public async Task AMistake_IsSaidInAnthropicsShape(string path, string body, int status, string type, string message)
    {
        using var response = await fixture.Client.SendAsync(HttpMethod.Post, path, body, Cancelled, ("x-request-id", "mine"));

        await IsAnthropicErrorAsync(response, status, type, message, "mine");
    }

    [Theory]
    [InlineData("Content-Encoding", "gzip", 415)]
    [InlineData("Content-Type", "text/plain", 415)]
    public async Task ABodyThatIsNotTaken_IsRefusedInAnthropicsShape(string header, string value, int status)
    {
        using var response = await fixture.Client.SendAsync(HttpMethod.Post, "/v1/messages", "{}", Cancelled, (header, value), ("x-request-id", "mine"));

        await IsAnthropicErrorAsync(response, status, "invalid_request_error", "", "mine");
    }

    [Fact]
    public async Task AnotherMethod_IsRefusedInAnthropicsShape()
    {
        using var response = await fixture.Client.GetAsync("/v1/messages", Cancelled, ("x-request-id", "mine"));

        await IsAnthropicErrorAsync(response, 405, "invalid_request_error", "GET", "mine");
    }

    [Theory]
    [InlineData("x-api-key", "client-key", 404)]
    [InlineData("Authorization", "Bearer client-key", 404)]
    [InlineData("x-api-key", "wrong", 401)]
    public async Task OurKeys_AreTakenAsAnthropicsClientsSendThem_AndNeverSentOn(string header, string key, int status)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ChatModels:Registry:Store"] = "memory",
            ["ChatModels:Security:AdminKeys:0"] = "admin",
            ["ChatModels:Security:ClientKeys:0"] = "client",
            ["Secrets:admin"] = "admin-key",
            ["Secrets:client"] = "client-key",
        };
        await using var api = await TestApi.StartAsync(Cancelled, "Production", settings);

        using var response = await api.Client.SendAsync(HttpMethod.Post, "/v1/messages", """{"model":"none","messages":[]}""", Cancelled, (header, key));

        Assert.True((int)response.StatusCode == status || (status == 404 && (int)response.StatusCode == 503), $"{response.StatusCode}");
        Assert.Equal("error", (await response.JsonAsync(Cancelled)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task TheAnswersHead_NamesTheRequestAsAnthropicsClientsReadIt()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, AnthropicUpstream.Auto("Hi."), "anthropic");

        using var response = await chat.Client.SendAsync(
            HttpMethod.Post, "/v1/messages", $$"""{"model":"{{chat.Model}}","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}""", Cancelled,
            ("x-request-id", "mine"), ("anthropic-version", "2099-01-01"), ("anthropic-beta", "new-1"), ("anthropic-secret", "no"), ("Authorization", "Bearer mine"));

        Assert.Equal(("mine", "1"), (response.Header("request-id"), response.Header("x-chatmodels-attempts")));
        var sent = chat.Upstream.Requests[0].Headers;
        Assert.Equal(("2099-01-01", "new-1"), (sent["anthropic-version"], sent["anthropic-beta"]));
        Assert.DoesNotContain(sent.Keys, name => name is "anthropic-secret" or "Authorization");
    }

    [Fact]
    public async Task Embeddings_AreServed()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Auto("never"));
        chat.Upstream.OnOther = (context, body) => UpstreamReply.Json("""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"model":"e","usage":{"prompt_tokens":3,"total_tokens":3}}""")(context, body!);

        var embedding = await chat.OfficialEmbeddings().GenerateEmbeddingAsync("Hi", cancellationToken: Cancelled);

        Assert.Equal([0.5f, -1f], embedding.Value.ToFloats().ToArray());
        Assert.Equal("vendor-model", chat.Upstream.Requests[0].Json.GetProperty("model").GetString());
    }

    private static async Task IsAnthropicErrorAsync(HttpResponseMessage response, int status, string type, string message, string requestId)
    {
        Assert.Equal(status, (int)response.StatusCode);
        var body = await response.JsonAsync(Cancelled);
        Assert.Equal(["type", "error", "request_id"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("error", type, requestId), (body.GetProperty("type").GetString(), body.GetProperty("error").GetProperty("type").GetString(), body.GetProperty("request_id").GetString()));
        Assert.Contains(message, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
