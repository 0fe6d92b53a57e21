using System.Net;
using System.Text.Json;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class ApplyApiTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_ProvidersAndModelsTogether_AnswersWhatChanged()
    {
        var (provider, model) = (Requests.UniqueId("p"), Requests.UniqueId("m"));
        var body = Body(provider, model);

        var rehearsed = await PostAsync("apply", $$"""{"dryRun":true,{{body[1..]}}""");
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync($"/registry/models/{model}", Cancelled)).StatusCode);
        var applied = await PostAsync("apply", body);
        var again = await PostAsync("apply", body);

        Assert.Equal((true, false), ((await rehearsed.JsonAsync(Cancelled)).GetProperty("dryRun").GetBoolean(), (await rehearsed.JsonAsync(Cancelled)).TryGetProperty("to", out _)));
        var difference = await applied.JsonAsync(Cancelled);
        Assert.Equal(HttpStatusCode.OK, applied.StatusCode);
        Assert.Equal([provider], Ids(difference, "providers", "created"));
        Assert.Equal([model], Ids(difference, "models", "created"));
        Assert.Equal(applied.Header("x-chatmodels-registry-revision"), $"{difference.GetProperty("to").GetProperty("revision").GetInt64()}");
        Assert.Equal(1, (await again.JsonAsync(Cancelled)).GetProperty("models").GetProperty("unchanged").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync($"/v1/models/{model}", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Apply_OneBadEntry_ListsEveryMistakeByPathAndChangesNothing()
    {
        var model = Requests.UniqueId("m");
        var response = await PostAsync("apply", $$"""
            {"providers":[{"type":"simulator","options":{"models":{"fast":{} } } }],
             "models":[{"id":"{{model}}","deployments":[{"provider":"simulator","model":"fast"}]},{"id":"other","deployments":[{"provider":"nobody","model":"x","weight":0}]}]}
            """);

        var problem = await response.IsProblemAsync(400, "validation_failed", Cancelled);
        Assert.Equal(["$.models[1].deployments[0].provider", "$.models[1].deployments[0].weight", "$.providers[0].id"], problem.Paths().Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync($"/registry/models/{model}", Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("""{"models":[{"id":"x"}],"prun":true}""", "$.models[0].deployments", "$.prun")]
    [InlineData("""{"models":[null]}""", "$.models[0]")]
    [InlineData("""[]""", "$")]
    public async Task Apply_NotTheShapeItTakes_NamesEachPlace(string body, params string[] paths)
    {
        var problem = await (await PostAsync("apply", body)).IsProblemAsync(400, "invalid_body", Cancelled);

        Assert.Equal(paths, problem.Paths().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"models":[],"prune":true}""", "$.models")]
    [InlineData("""{"models":[],"prune":true,"confirm":"yes"}""", "$.confirm")]
    public async Task Apply_PruneByAnEmptyList_NeedsTheRightConfirmation(string body, string path)
    {
        var problem = await (await PostAsync("apply", body)).IsProblemAsync(400, "validation_failed", Cancelled);

        Assert.Equal([path], problem.Paths());
    }

    [Fact]
    public async Task Apply_OverEightMebibytes_IsTooLarge()
    {
        var problem = await (await PostAsync("apply", $$"""{"confirm":"{{new string('x', 8 * 1024 * 1024)}}"}""")).IsProblemAsync(413, "request_too_large", Cancelled);

        Assert.Contains("8 MiB", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_WhenNothingHasDiverged_IsAConflict()
    {
        await (await PostAsync("accept", """{"dryRun":true}""")).IsProblemAsync(409, "not_diverged", Cancelled);
    }

    private static string Body(string provider, string model) => $$"""
        {"providers":[{"id":"{{provider}}","type":"simulator","options":{"models":{"fast":{} } } }],"models":[{"id":"{{model}}","deployments":[{"provider":"{{provider}}","model":"fast"}]}]}
        """;

    private static IEnumerable<string?> Ids(JsonElement difference, string collection, string what) =>
        difference.GetProperty(collection).GetProperty(what).EnumerateArray().Select(id => id.GetString());

    private Task<HttpResponseMessage> PostAsync(string verb, string json) => fixture.Client.SendAsync(HttpMethod.Post, $"/registry/{verb}", json, Cancelled);
}
