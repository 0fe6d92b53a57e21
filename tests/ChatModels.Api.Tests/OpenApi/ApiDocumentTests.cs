using System.Net;
using System.Text.RegularExpressions;
using ChatModels.Api.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Api.Tests.OpenApi;

public sealed partial class ApiDocumentTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_NamesEveryRouteWithItsMethods()
    {
        var document = await (await fixture.Client.GetAsync("/openapi/v1.json", Cancelled)).JsonAsync(Cancelled);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name.TrimEnd('/')}"));

        var mapped = fixture.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is { } route && (route.StartsWith("/registry", StringComparison.Ordinal) || route.StartsWith("/v1", StringComparison.Ordinal)))
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => $"{method} {Plain(endpoint.RoutePattern.RawText!)}"))
            .ToList();

        Assert.True(mapped.Count >= 13);
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/registry/providers/{id}", "ProviderInput", "type")]
    [InlineData("/registry/models/{id}", "ModelInput", "deployments")]
    public async Task Document_DescribesTheBodiesThatAreParsedByHand(string path, string schema, string required)
    {
        var document = await (await fixture.Client.GetAsync("/openapi/v1.json", Cancelled)).JsonAsync(Cancelled);
        var put = document.GetProperty("paths").GetProperty(path).GetProperty("put");
        var body = put.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");

        Assert.Equal($"#/components/schemas/{schema}", body.GetProperty("$ref").GetString());
        var described = document.GetProperty("components").GetProperty("schemas").GetProperty(schema);
        Assert.Equal([required], described.GetProperty("required").EnumerateArray().Select(field => field.GetString()));
        Assert.All(described.GetProperty("properties").EnumerateObject(), field =>
            Assert.True(field.Value.TryGetProperty("description", out _) || field.Value.TryGetProperty("$ref", out _) || field.Value.TryGetProperty("oneOf", out _), field.Name));
        Assert.Contains("412", put.GetProperty("responses").EnumerateObject().Select(response => response.Name));
        Assert.Equal(["id", "If-Match", "If-None-Match"], put.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Document_DescribesHeadersAsTextsOrReferences()
    {
        var document = await (await fixture.Client.GetAsync("/openapi/v1.json", Cancelled)).JsonAsync(Cancelled);
        var headers = document.GetProperty("components").GetProperty("schemas").GetProperty("ProviderInput").GetProperty("properties").GetProperty("headers");

        Assert.Equal(["string", "object"], headers.GetProperty("additionalProperties").GetProperty("oneOf").EnumerateArray().Select(form => form.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Page_InDevelopment_IsThere()
    {
        var response = await fixture.Client.GetAsync("/scalar", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("https://", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    private static string Plain(string route) => Parameter().Replace(route, "{$1}").TrimEnd('/');

    [GeneratedRegex(@"\{\**([a-z]+)[^}]*\}")]
    private static partial Regex Parameter();
}
