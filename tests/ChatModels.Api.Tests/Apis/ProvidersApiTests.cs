using System.Net;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class ProvidersApiTests(ApiFixture fixture)
{
    private const string Full =
        """
        {"type":"openai","endpoint":"https://api.example.com/v1","apiKey":{"secret":"example"},"headers":{"x-team":"search","x-token":{"secret":"example"}},
         "timeout":"00:00:30","maxConcurrency":8,"usageInStream":"never","propagateTrace":true,"enabled":false}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_OfANewProvider_CreatesItAndSaysWhere()
    {
        var id = Requests.UniqueId("new");
        var response = await fixture.Client.PutAsync($"/registry/providers/{id}", Requests.SimulatorProvider, Cancelled);
        var provider = await response.JsonAsync(Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/registry/providers/{id}", response.Header("Location"));
        Assert.Equal(id, provider.GetProperty("id").GetString());
        Assert.Equal(response.Header("x-chatmodels-registry-revision"), $"{provider.GetProperty("revision").GetInt64()}");
        Assert.StartsWith($"\"{provider.GetProperty("revision").GetInt64()}-", response.Header("ETag"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_OfAProviderThatIsThere_ReplacesItWhole()
    {
        var id = Requests.UniqueId("replaced");
        await fixture.Client.PutAsync($"/registry/providers/{id}", Full, Cancelled);
        var response = await fixture.Client.PutAsync($"/registry/providers/{id}", Requests.SimulatorProvider, Cancelled);
        var provider = await response.JsonAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("simulator", provider.GetProperty("type").GetString());
        Assert.True(provider.GetProperty("enabled").GetBoolean());
        Assert.Equal("00:01:40", provider.GetProperty("timeout").GetString());
        Assert.False(provider.TryGetProperty("endpoint", out _));
        Assert.False(provider.TryGetProperty("apiKey", out _));
    }

    [Fact]
    public async Task Get_AfterPut_TellsEveryFieldAndTheSameTag()
    {
        var id = Requests.UniqueId("full");
        var put = await fixture.Client.PutAsync($"/registry/providers/{id}", Full, Cancelled);
        var get = await fixture.Client.GetAsync($"/registry/providers/{id}", Cancelled);
        var provider = await get.JsonAsync(Cancelled);

        Assert.Equal(put.Header("ETag"), get.Header("ETag"));
        Assert.Equal("https://api.example.com/v1", provider.GetProperty("endpoint").GetString());
        Assert.Equal("""{"secret":"example"}""", provider.GetProperty("apiKey").GetRawText());
        Assert.Equal("""{"x-team":"search","x-token":{"secret":"example"}}""", provider.GetProperty("headers").GetRawText());
        Assert.Equal("00:00:30", provider.GetProperty("timeout").GetString());
        Assert.Equal(8, provider.GetProperty("maxConcurrency").GetInt32());
        Assert.Equal("never", provider.GetProperty("usageInStream").GetString());
        Assert.True(provider.GetProperty("propagateTrace").GetBoolean());
        Assert.False(provider.GetProperty("enabled").GetBoolean());
        Assert.Contains("example", provider.GetProperty("unusable").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_OfWhatWasRead_ChangesNothingButTheRevision()
    {
        var id = Requests.UniqueId("roundtrip");
        await fixture.Client.PutAsync($"/registry/providers/{id}", Full, Cancelled);
        var read = await (await fixture.Client.GetAsync($"/registry/providers/{id}", Cancelled)).Content.ReadAsStringAsync(Cancelled);
        var response = await fixture.Client.PutAsync($"/registry/providers/{id}", read, Cancelled);
        var written = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(WithoutRevision(read), WithoutRevision(written));
    }

    [Fact]
    public async Task List_WithAType_ShowsOnlyThatType()
    {
        var id = Requests.UniqueId("listed");
        await fixture.Client.PutAsync($"/registry/providers/{id}", Full, Cancelled);
        var response = await fixture.Client.GetAsync("/registry/providers?type=openai", Cancelled);
        var list = await response.JsonAsync(Cancelled);

        var providers = list.GetProperty("providers").EnumerateArray().ToList();
        Assert.Contains(id, providers.Select(provider => provider.GetProperty("id").GetString()));
        Assert.All(providers, provider => Assert.Equal("openai", provider.GetProperty("type").GetString()));
        Assert.Equal(response.Header("x-chatmodels-registry-revision"), $"{list.GetProperty("revision").GetInt64()}");
    }

    [Fact]
    public async Task Delete_OfAProvider_RemovesItAndTellsTheRevision()
    {
        var id = Requests.UniqueId("deleted");
        var put = await fixture.Client.PutAsync($"/registry/providers/{id}", Requests.SimulatorProvider, Cancelled);
        var delete = await fixture.Client.DeleteAsync($"/registry/providers/{id}", Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        Assert.True(Revision(delete) > Revision(put));
        await (await fixture.Client.GetAsync($"/registry/providers/{id}", Cancelled)).IsProblemAsync(404, "not_found", Cancelled);
        await (await fixture.Client.DeleteAsync($"/registry/providers/{id}", Cancelled)).IsProblemAsync(404, "not_found", Cancelled);
    }

    [Fact]
    public async Task Delete_OfAProviderInUse_NamesTheModelsThatUseIt()
    {
        var provider = Requests.UniqueId("used");
        var model = Requests.UniqueId("user");
        await fixture.Client.PutAsync($"/registry/providers/{provider}", Requests.SimulatorProvider, Cancelled);
        await fixture.Client.PutAsync($"/registry/models/{model}", Requests.ModelOn(provider), Cancelled);
        var response = await fixture.Client.DeleteAsync($"/registry/providers/{provider}", Cancelled);

        var problem = await response.IsProblemAsync(409, "provider_in_use", Cancelled);
        Assert.Contains(model, problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync($"/registry/providers/{provider}", Cancelled)).StatusCode);
    }

    private static long Revision(HttpResponseMessage response) =>
        long.Parse(response.Header("x-chatmodels-registry-revision"), System.Globalization.CultureInfo.InvariantCulture);

    private static string WithoutRevision(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"revision\":[0-9]+", "");
}
