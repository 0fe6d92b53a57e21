using System.ClientModel;
using ChatModels.Api.Tests.Hosting;
using OpenAI;
using OpenAI.Models;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class OpenAiModelsTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private OpenAIModelClient Client => new(new ApiKeyCredential("none-needed"), new OpenAIClientOptions { Endpoint = new Uri(fixture.Api.Address, "/v1") });

    [Fact]
    public async Task OfficialClient_ListsEnabledModelsOnly()
    {
        var off = Requests.UniqueId("off");
        await fixture.Client.PutAsync($"/registry/models/{off}", """{"enabled":false,"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);

        var models = (await Client.GetModelsAsync(Cancelled)).Value;

        var fast = Assert.Single(models, model => model.Id == "sim-fast");
        Assert.Equal("simulator", fast.OwnedBy);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), fast.CreatedAt);
        Assert.DoesNotContain(models, model => model.Id == off);
        Assert.Equal(models.Select(model => model.Id).Order(StringComparer.Ordinal), models.Select(model => model.Id));
    }

    [Fact]
    public async Task OfficialClient_GetsAModelByAnAliasWithASlash()
    {
        var id = Requests.UniqueId("aliased");
        var alias = $"team/{Requests.UniqueId("default")}";
        await fixture.Client.PutAsync($"/registry/models/{id}", $$"""{"aliases":["{{alias}}"],"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);

        var model = (await Client.GetModelAsync(alias, Cancelled)).Value;

        Assert.Equal((alias, "simulator"), (model.Id, model.OwnedBy));
    }

    [Fact]
    public async Task OfficialClient_AskingForAnUnknownModel_GetsAnErrorItUnderstands()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => Client.GetModelAsync("no-such-model", Cancelled));

        Assert.Equal(404, failure.Status);
        Assert.Contains("model_not_found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisabledModel_IsNotFoundByThatReason()
    {
        var off = Requests.UniqueId("off");
        await fixture.Client.PutAsync($"/registry/models/{off}", """{"enabled":false,"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);

        var error = await (await fixture.Client.GetAsync($"/v1/models/{off}", Cancelled)).IsOpenAiErrorAsync(404, "model_disabled", "invalid_request_error", Cancelled);

        Assert.Equal("model", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task List_HasTheShapeOfOpenAi()
    {
        var list = await (await fixture.Client.GetAsync("/v1/models", Cancelled)).JsonAsync(Cancelled);

        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.All(list.GetProperty("data").EnumerateArray(), model =>
            Assert.Equal(["id", "object", "created", "owned_by"], model.EnumerateObject().Select(field => field.Name)));
    }
}
