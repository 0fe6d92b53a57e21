using System.Net;
using ChatModels.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ChatModels.Api.Tests.Security;

public sealed class LocalCallerTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:5180", true)]
    [InlineData("127.0.0.1", "127.0.0.1:5180", true)]
    [InlineData("::1", "[::1]:5180", true)]
    [InlineData("::ffff:127.0.0.1", "LOCALHOST", true)]
    [InlineData("10.1.2.3", "localhost:5180", false)]
    [InlineData("10.1.2.3", "127.0.0.1:5180", false)]
    [InlineData("127.0.0.1", "10.1.2.3:5180", false)]
    [InlineData("127.0.0.1", "", false)]
    [InlineData(null, "localhost", false)]
    public void Is_NeedsBothAConnectionFromThisMachineAndItsName(string? address, string host, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        http.Request.Host = new HostString(host);

        Assert.Equal(expected, LocalCaller.Is(http));
    }
}
