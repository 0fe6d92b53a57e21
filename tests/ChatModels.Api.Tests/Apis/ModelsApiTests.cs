using System.Net;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class ModelsApiTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Seed_InDevelopment_HasTheTwoSimulatedModels()
    {
        var list = await (await fixture.Client.GetAsync("/registry/models?provider=simulator&capability=tools&enabled=true", Cancelled)).JsonAsync(Cancelled);

        var ids = list.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("id").GetString());
        Assert.Equal(["sim-fast", "sim-slow"], ids.Where(id => id!.StartsWith("sim-", StringComparison.Ordinal)));
        var provider = await (await fixture.Client.GetAsync("/registry/providers/simulator", Cancelled)).JsonAsync(Cancelled);
        var slow = provider.GetProperty("options").GetProperty("models").GetProperty("slow");
        Assert.Equal("40", slow.GetProperty("tokensPerSecond").ToString());
        Assert.False(provider.TryGetProperty("unusable", out _));
    }

    [Fact]
    public async Task PutAndGet_OfAModel_KeepEveryField()
    {
        var id = Requests.UniqueId("full");
        var alias = Requests.UniqueId("alias");
        var body = $$"""
            {"capabilities":["chat","vision"],"contextWindow":128000,"maxOutputTokens":16384,
             "deployments":[{"provider":"simulator","model":"fast","weight":3,"priority":0},{"provider":"simulator","model":"slow","weight":1,"priority":1}],
             "fallbacks":["sim-fast"],"aliases":["{{alias}}"],"pricing":{"inputPerMillion":2.5,"outputPerMillion":10},"enabled":false}
            """;
        var put = await fixture.Client.PutAsync($"/registry/models/{id}", body, Cancelled);
        var get = await fixture.Client.GetAsync($"/registry/models/{id}", Cancelled);
        var model = await get.JsonAsync(Cancelled);

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(put.Header("ETag"), get.Header("ETag"));
        Assert.Equal(await put.Content.ReadAsStringAsync(Cancelled), await get.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("""["chat","vision"]""", model.GetProperty("capabilities").GetRawText());
        Assert.Equal(128000, model.GetProperty("contextWindow").GetInt32());
        Assert.Equal(16384, model.GetProperty("maxOutputTokens").GetInt32());
        Assert.Equal(
            """[{"provider":"simulator","model":"fast","weight":3,"priority":0},{"provider":"simulator","model":"slow","weight":1,"priority":1}]""",
            model.GetProperty("deployments").GetRawText());
        Assert.Equal("""["sim-fast"]""", model.GetProperty("fallbacks").GetRawText());
        Assert.Equal($"""["{alias}"]""", model.GetProperty("aliases").GetRawText());
        Assert.Equal("""{"inputPerMillion":2.5,"outputPerMillion":10}""", model.GetProperty("pricing").GetRawText());
        Assert.False(model.GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Get_OfAnAlias_NamesTheModelItStandsFor()
    {
        var id = Requests.UniqueId("real");
        var alias = Requests.UniqueId("other");
        await fixture.Client.PutAsync($"/registry/models/{id}", $$"""{"aliases":["{{alias}}"],"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);

        var problem = await (await fixture.Client.GetAsync($"/registry/models/{alias}", Cancelled)).IsProblemAsync(404, "not_found", Cancelled);

        Assert.Contains(id, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OfDisabledModels_LeavesTheEnabledOut()
    {
        var id = Requests.UniqueId("off");
        await fixture.Client.PutAsync($"/registry/models/{id}", """{"enabled":false,"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);
        var list = await (await fixture.Client.GetAsync("/registry/models?enabled=false", Cancelled)).JsonAsync(Cancelled);

        var models = list.GetProperty("models").EnumerateArray().ToList();
        Assert.Contains(id, models.Select(model => model.GetProperty("id").GetString()));
        Assert.All(models, model => Assert.False(model.GetProperty("enabled").GetBoolean()));
    }

    [Fact]
    public async Task Delete_OfAModelThatIsAFallback_IsRefused()
    {
        var id = Requests.UniqueId("fallback");
        var user = Requests.UniqueId("user");
        await fixture.Client.PutAsync($"/registry/models/{id}", Requests.ModelOn("simulator"), Cancelled);
        await fixture.Client.PutAsync($"/registry/models/{user}", $$"""{"fallbacks":["{{id}}"],"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);

        var problem = await (await fixture.Client.DeleteAsync($"/registry/models/{id}", Cancelled)).IsProblemAsync(409, "model_in_use", Cancelled);

        Assert.Contains(user, problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct")]
    [InlineData("meta-llama%2FLlama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct")]
    [InlineData("meta-llama%2fLlama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct")]
    [InlineData("a/b%2Fc:free@eu+1", "a/b/c:free@eu+1")]
    [InlineData("a%2Fb%2Fc%3Afree%40eu%2B1", "a/b/c:free@eu+1")]
    public async Task Name_WithSlashes_WorksInEveryRouteEncodedOrNot(string path, string name)
    {
        var prefix = Requests.UniqueId("org");
        var put = await fixture.Client.PutAsync($"/registry/models/{prefix}/{path}", Requests.ModelOn("simulator"), Cancelled);
        var created = await put.JsonAsync(Cancelled);
        var read = await (await fixture.Client.GetAsync($"/registry/models/{prefix}%2F{path}", Cancelled)).JsonAsync(Cancelled);
        var listed = await (await fixture.Client.GetAsync($"/v1/models/{prefix}/{path}", Cancelled)).JsonAsync(Cancelled);

        Assert.Equal($"{prefix}/{name}", created.GetProperty("id").GetString());
        Assert.Equal($"/registry/models/{prefix}/{name}", put.Header("Location"));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync(put.Header("Location"), Cancelled)).StatusCode);
        Assert.Equal($"{prefix}/{name}", read.GetProperty("id").GetString());
        Assert.Equal($"{prefix}/{name}", listed.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.DeleteAsync($"/registry/models/{prefix}/{path}", Cancelled)).StatusCode);
    }
}
