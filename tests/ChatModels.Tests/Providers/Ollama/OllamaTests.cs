using ChatModels.Providers;
using ChatModels.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;
using Upstream = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Providers.Ollama;

public sealed class OllamaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(UpstreamOperation.ChatCompletions, "/v1/chat/completions")]
    [InlineData(UpstreamOperation.Embeddings, "/v1/embeddings")]
    public async Task Send_GoesToTheCompatibleEndpoint_WithoutAKey(UpstreamOperation operation, string path)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(upstream);

        await using var reply = await provider.SendAsync(Request(operation: operation), Ct);

        Assert.Equal(path, Assert.Single(upstream.Requests).Path);
        Assert.DoesNotContain("Authorization", upstream.Requests[0].Headers.Keys);
    }

    [Fact]
    public async Task CheckHealth_AsksForTheVersion_AndListsTheModels()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => Answer(context, """{"models":[{"name":"llama3.2:latest","size":1},{"name":"nomic-embed-text"},{"size":2},7]}""");
        await using var provider = await CreateAsync(upstream);

        var health = await provider.CheckHealthAsync(Ct);

        Assert.True(health.Healthy, health.Reason);
        Assert.Equal(["llama3.2:latest", "nomic-embed-text"], health.Models);
        Assert.Equal(["GET /api/version", "GET /api/tags"], upstream.Requests.Select(request => $"{request.Method} {request.Path}"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"\ud800odels":[],"models":[{"name":"x","\udfff":1}]}""")]
    public async Task CheckHealth_AListThatCanNotBeRead_IsNoList_AndTheServerIsHealthy(string list)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => Answer(context, list);
        await using var provider = await CreateAsync(upstream);

        Assert.Equal(ProviderHealth.Ok, await provider.CheckHealthAsync(Ct));
    }

    [Fact]
    public async Task CheckHealth_NobodyListens_SaysSo()
    {
        await using var provider = await CreateAsync(new Uri(FakeUpstream.Refusing().GetLeftPart(UriPartial.Authority)));

        var health = await provider.CheckHealthAsync(Ct);

        Assert.Equal((false, null), (health.Healthy, health.Models));
        Assert.NotEmpty(health.Reason!);
    }

    [Fact]
    public void WithoutAnEndpoint_ItIsTheLocalOne() =>
        Assert.Equal(new Uri("http://localhost:11434"), ChatProviderTypes.Global.Resolve("ollama").DefaultEndpoint);

    private static Task Answer(HttpContext context, string list) =>
        Upstream.Json(context.Request.Path == "/api/version" ? """{"version":"0.12.3"}""" : list)(context, null!);

    private static ValueTask<IChatProvider> CreateAsync(FakeUpstream upstream) => CreateAsync(new Uri(upstream.Endpoint.GetLeftPart(UriPartial.Authority)));

    private static ValueTask<IChatProvider> CreateAsync(Uri endpoint) =>
        ChatProviderTypes.Global.CreateAsync("ollama", new ProviderOptions { Id = "local", Endpoint = endpoint }, ProviderTypesFixture.Services, Ct);
}
