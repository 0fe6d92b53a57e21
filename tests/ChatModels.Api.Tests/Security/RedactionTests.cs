using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Security;

public sealed class RedactionTests
{
    private const string ProviderKey = "sk-provider-0d41f5f6c7";
    private const string HeaderKey = "hdr-provider-9a8b7c6d5e";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecretValues_AppearInNoAnswerAndNoLog()
    {
        var settings = new Dictionary<string, string?>(Keys.Settings) { ["Secrets:upstream"] = ProviderKey, ["Secrets:upstream-header"] = HeaderKey };
        await using var api = await TestApi.StartAsync(Cancelled, "Production", settings);
        await api.UntilReadyAsync(Cancelled);
        using var admin = api.ClientWith(Keys.Admin);

        List<string> seen = [];
        foreach (var (method, path, body) in Everything())
        {
            var response = await admin.SendAsync(method, path, body, Cancelled);
            seen.Add($"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync(Cancelled)}");
        }

        seen.AddRange(api.Logs.GetSnapshot().Select(record => $"{record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])}"));
        Assert.All(seen, text =>
        {
            Assert.DoesNotContain(ProviderKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(HeaderKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Keys.Admin, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Keys.Client, text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","apiKey":"sk-provider-0d41f5f6c7"}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","apiKey":{"value":"sk-provider-0d41f5f6c7"}}""")]
    [InlineData("""{"type":"openai","endpoint":"https://user:sk-provider-0d41f5f6c7@api.example.com/v1"}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1?api-key=sk-provider-0d41f5f6c7"}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","headers":{"authorization":"Bearer sk-provider-0d41f5f6c7"}}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","headers":{"api-key":"sk-provider-0d41f5f6c7"}}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","headers":{"x-api-key":"sk-provider-0d41f5f6c7"}}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","headers":{"cookie":"session=sk-provider-0d41f5f6c7"}}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","options":{"apiKey":"sk-provider-0d41f5f6c7"}}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","enabled":"sk-provider-0d41f5f6c7"}""")]
    [InlineData("""{"type":"openai","endpoint":"https://api.example.com/v1","timeout":"sk-provider-0d41f5f6c7"}""")]
    [InlineData("""{"type":"openai","apiKey":sk-provider-0d41f5f6c7}""")]
    public async Task LiteralKey_IsRefusedAndNotRepeated(string body)
    {
        await using var api = await Keys.StartAsync(Cancelled);
        using var admin = api.ClientWith(Keys.Admin);
        var response = await admin.PutAsync("/registry/providers/literal", body, Cancelled);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.DoesNotContain(ProviderKey, await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.All(api.Logs.GetSnapshot(), record => Assert.DoesNotContain(ProviderKey, $"{record.Message} {record.Exception}", StringComparison.Ordinal));
    }

    private static IEnumerable<(HttpMethod Method, string Path, string? Body)> Everything()
    {
        const string Provider =
            """{"type":"openai","endpoint":"http://127.0.0.1:9/v1","apiKey":{"secret":"upstream"},"headers":{"x-token":{"secret":"upstream-header"}}}""";
        yield return (HttpMethod.Put, "/registry/providers/upstream", Provider);
        yield return (HttpMethod.Put, "/registry/models/upstream", """{"deployments":[{"provider":"upstream","model":"m"}]}""");
        yield return (HttpMethod.Put, "/registry/models/upstream", """{"deployments":[{"provider":"nobody","model":"m"}]}""");
        yield return (HttpMethod.Post, "/v1/chat/completions", """{"model":"upstream","messages":[{"role":"user","content":"hello"}]}""");
        foreach (var path in (string[])["", "/replicas", "/provider-types", "/providers", "/providers/upstream", "/models", "/models/upstream", "/nothing"])
        {
            yield return (HttpMethod.Get, $"/registry{path}", null);
        }

        yield return (HttpMethod.Get, "/v1/models", null);
        yield return (HttpMethod.Get, "/v1/models/upstream", null);
        yield return (HttpMethod.Delete, "/registry/providers/upstream", null);
        yield return (HttpMethod.Delete, "/registry/models/upstream", null);
    }
}
