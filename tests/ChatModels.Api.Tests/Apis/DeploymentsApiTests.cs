using System.Globalization;
using System.Net;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class DeploymentsApiTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADeploymentThatKeepsFailing_IsShownWithWhyAndUntilWhen()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Error(500));
        for (var i = 0; i < 3; i++)
        {
            await chat.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", chat.Ask(), Cancelled);
        }

        var answer = await (await fixture.Client.GetAsync($"/registry/deployments?model={chat.Model}", Cancelled)).JsonAsync(Cancelled);

        var deployment = Assert.Single(answer.GetProperty("deployments").EnumerateArray());
        Assert.Equal(
            (chat.Model, "vendor-model", "cooling", "upstream_error", 3L, 3L, 3),
            (deployment.GetProperty("model").GetString(), deployment.GetProperty("upstreamModel").GetString(), deployment.GetProperty("state").GetString(),
                deployment.GetProperty("reason").GetString(), deployment.GetProperty("attempts").GetInt64(), deployment.GetProperty("failures").GetInt64(), deployment.GetProperty("consecutiveFailures").GetInt32()));
        Assert.InRange(deployment.GetProperty("until").GetDateTimeOffset(), DateTimeOffset.UtcNow - TimeSpan.FromSeconds(10), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(5));
        Assert.NotEqual("", answer.GetProperty("replicaId").GetString());
    }

    [Fact]
    public async Task EveryDeployment_IsListed_WithWhatKeepsItFromBeingUsed()
    {
        var (off, on, model) = (Requests.UniqueId("off"), Requests.UniqueId("on"), Requests.UniqueId("m"));
        await fixture.Client.PutAsync($"/registry/providers/{off}", """{"type":"simulator","enabled":false}""", Cancelled);
        await fixture.Client.PutAsync($"/registry/providers/{on}", """{"type":"simulator","maxConcurrency":4}""", Cancelled);
        await fixture.Client.PutAsync($"/registry/models/{model}", $$"""{"deployments":[{"provider":"{{off}}","model":"a"},{"provider":"{{on}}","model":"b","weight":3,"priority":1}]}""", Cancelled);

        var all = await (await fixture.Client.GetAsync("/registry/deployments", Cancelled)).JsonAsync(Cancelled);

        var mine = all.GetProperty("deployments").EnumerateArray().Where(d => d.GetProperty("model").GetString() == model).Select(d => d.GetRawText()).ToArray();
        Assert.Equal(
            [
                $$"""{"model":"{{model}}","provider":"{{off}}","upstreamModel":"a","priority":0,"weight":1,"state":"disabled","attempts":0,"failures":0,"consecutiveFailures":0}""",
                $$"""{"model":"{{model}}","provider":"{{on}}","upstreamModel":"b","priority":1,"weight":3,"state":"ready","attempts":0,"failures":0,"consecutiveFailures":0,"inFlight":0,"waiting":0,"maxConcurrency":4}""",
            ],
            mine);
    }

    [Fact]
    public async Task AModelThatIsNotThere_Is404_AndATypo400()
    {
        await (await fixture.Client.GetAsync("/registry/deployments?model=nobody", Cancelled)).IsProblemAsync(404, "not_found", Cancelled);
        await (await fixture.Client.GetAsync("/registry/deployments?modle=nobody", Cancelled)).IsProblemAsync(400, "invalid_request", Cancelled);
    }

    [Fact]
    public async Task AFallback_AndItsCost_AreNamedInTheAnswer()
    {
        await using var failing = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Error(500));
        await using var good = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Completion("Good."));
        await RewriteAsync(good.Model, ""","pricing":{"inputPerMillion":2,"outputPerMillion":3}""");
        await RewriteAsync(failing.Model, $$""","fallbacks":["{{good.Model}}"]""");

        using var response = await fixture.Client.SendAsync(HttpMethod.Post, "/v1/chat/completions", failing.Ask(), Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((good.Model, "2"), (response.Header("x-chatmodels-model"), response.Header("x-chatmodels-attempts")));
        Assert.Equal(((UpstreamReply.PromptTokens * 2m) + (UpstreamReply.CompletionTokens * 3m)) / 1_000_000, decimal.Parse(response.Header("x-chatmodels-cost"), CultureInfo.InvariantCulture));

        async Task RewriteAsync(string model, string extra)
        {
            var config = await (await fixture.Client.GetAsync($"/registry/models/{model}", Cancelled)).JsonAsync(Cancelled);
            var written = await fixture.Client.PutAsync($"/registry/models/{model}", $$"""{"deployments":{{config.GetProperty("deployments").GetRawText()}}{{extra}}}""", Cancelled);
            Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        }
    }
}
