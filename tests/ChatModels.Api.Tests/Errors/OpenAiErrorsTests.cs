using System.Text;
using ChatModels.Api.Errors;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ChatModels.Api.Tests.Errors;

public sealed class OpenAiErrorsTests
{
    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "authentication_error")]
    [InlineData(403, "permission_error")]
    [InlineData(404, "invalid_request_error")]
    [InlineData(413, "invalid_request_error")]
    [InlineData(422, "invalid_request_error")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "server_error")]
    [InlineData(502, "server_error")]
    [InlineData(503, "server_error")]
    [InlineData(504, "server_error")]
    public async Task WriteAsync_OfAStatus_SaysItsType(int status, string type)
    {
        var (_, body) = await WriteAsync(status, null, null);

        Assert.Equal($$$"""{"error":{"message":"why","type":"{{{type}}}","param":null,"code":"some_code"}}""", body);
    }

    [Theory]
    [InlineData(0.2, "1")]
    [InlineData(1.2, "2")]
    [InlineData(30, "30")]
    public async Task WriteAsync_WithAWait_RoundsItUpToSeconds(double seconds, string header)
    {
        var (response, body) = await WriteAsync(429, "messages[0]", TimeSpan.FromSeconds(seconds));

        Assert.Equal(header, response.Headers.RetryAfter);
        Assert.Contains("\"param\":\"messages[0]\"", body, StringComparison.Ordinal);
        Assert.Equal(body.Length, response.ContentLength);
    }

    private static async Task<(HttpResponse Response, string Body)> WriteAsync(int status, string? param, TimeSpan? retryAfter)
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await OpenAiErrors.WriteAsync(http, status, "some_code", "why", param, retryAfter);
        Assert.Equal(status, http.Response.StatusCode);
        return (http.Response, Encoding.UTF8.GetString(body.ToArray()));
    }
}
