using ChatModels.Providers;
using ChatModels.Secrets;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;
using Upstream = ChatModels.Testing.UpstreamReply;

namespace ChatModels.Tests.Providers.AzureOpenAI;

public sealed class AzureOpenAITests
{
    // What Azure sends first: no choices, and no usage either.
    private const string FirstChunk =
        "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}}]}\n\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", UpstreamOperation.ChatCompletions, "/openai/deployments/gpt-test/chat/completions?api-version=2024-10-21")]
    [InlineData("{}", UpstreamOperation.Embeddings, "/openai/deployments/gpt-test/embeddings?api-version=2024-10-21")]
    [InlineData("""{"apiVersion":"2025-04-01-preview"}""", UpstreamOperation.ChatCompletions, "/openai/deployments/gpt-test/chat/completions?api-version=2025-04-01-preview")]
    [InlineData("""{"paths":"v1"}""", UpstreamOperation.ChatCompletions, "/openai/v1/chat/completions")]
    [InlineData("""{"paths":"v1","apiVersion":"preview"}""", UpstreamOperation.Embeddings, "/openai/v1/embeddings?api-version=preview")]
    public async Task Send_EachStyleOfPaths_GoesWhereAzureDocumentsIt(string options, UpstreamOperation operation, string path)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(upstream, options);

        await using var reply = await provider.SendAsync(Request(operation: operation), Ct);

        Assert.Equal(path, Assert.Single(upstream.Requests).Path);
    }

    [Fact]
    public async Task Send_TheKey_GoesInItsOwnHeader_AndIsReadAnew()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        var key = new Secret("azure", "first");
        await using var provider = await CreateAsync(upstream, "{}", key);

        await using var first = await provider.SendAsync(Request(), Ct);
        key.Value = "second";
        await using var second = await provider.SendAsync(Request(), Ct);

        Assert.Equal(["first", "second"], upstream.Requests.Select(request => request.Headers["api-key"]));
        Assert.All(upstream.Requests, request => Assert.DoesNotContain("Authorization", request.Headers.Keys));
    }

    [Theory]
    [InlineData("a/b", "/openai/deployments/a%2Fb/chat/completions?api-version=2024-10-21")]
    [InlineData("a b?c", "/openai/deployments/a%20b%3Fc/chat/completions?api-version=2024-10-21")]
    public async Task Send_AnyModel_StaysOneSegmentOfThePath(string model, string path)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(upstream, "{}");

        await using var reply = await provider.SendAsync(For(model), Ct);

        Assert.Equal(path, Assert.Single(upstream.Requests).Path);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task Send_AModelThatWouldLeadElsewhere_IsRefused(string model)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var provider = await CreateAsync(upstream, "{}");

        var error = await Assert.ThrowsAsync<ChatModelsException>(() => provider.SendAsync(For(model), Ct).AsTask());

        Assert.Equal(ErrorCodes.UpstreamModelNotFound, error.Code);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("{}", "/openai/models?api-version=2024-10-21")]
    [InlineData("""{"paths":"v1"}""", "/openai/v1/models")]
    public async Task CheckHealth_AsksForTheModelsAndNothingElse(string options, string path)
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        upstream.OnOther = (context, _) => Upstream.Json("""{"data":[]}""")(context, null!);
        await using var provider = await CreateAsync(upstream, options);

        Assert.Equal(ProviderHealth.Ok, await provider.CheckHealthAsync(Ct));

        Assert.Equal(("GET", path), (Assert.Single(upstream.Requests).Method, upstream.Requests[0].Path));
    }

    [Fact]
    public void AnEndpoint_IsRequired() =>
        Assert.Equal("$.endpoint", Assert.Single(ChatProviderTypes.Global.Validate("azure-openai", new ProviderOptions { Id = "az" })).Path);

    [Fact]
    public async Task AStream_BeginsWithTheFilterResults_AndLosesOnlyTheUsageNobodyAskedFor()
    {
        var rest = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\ndata: [DONE]\n\n"u8.ToArray();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamStreaming.Raw([System.Text.Encoding.UTF8.GetBytes(FirstChunk), rest]), Ct);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("az", new Uri(upstream.Endpoint.GetLeftPart(UriPartial.Authority)), provider => provider with { Type = "azure-openai" });
        await host.AddModelAsync("m", "az");

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m", stream: true), Ct);

        Assert.Null(reply.BrokenOff);
        Assert.StartsWith(FirstChunk, body, StringComparison.Ordinal);
        Assert.DoesNotContain("prompt_tokens", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Equal("/openai/deployments/az-model/chat/completions?api-version=2024-10-21", upstream.Requests[0].Path);
    }

    private static ValueTask<IChatProvider> CreateAsync(FakeUpstream upstream, string options, Secret? key = null) => ChatProviderTypes.Global.CreateAsync(
        "azure-openai",
        ProviderTypesFixture.Options("az", options) with { Endpoint = new Uri(upstream.Endpoint.GetLeftPart(UriPartial.Authority)), ApiKey = key },
        ProviderTypesFixture.Services,
        Ct);

    private static ChatModels.Providers.UpstreamRequest For(string model) =>
        new() { Operation = UpstreamOperation.ChatCompletions, Model = model, Body = new RequestBody("{}"u8.ToArray()) };
}
