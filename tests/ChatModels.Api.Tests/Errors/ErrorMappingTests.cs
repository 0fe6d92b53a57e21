using System.Reflection;
using ChatModels.Api.Errors;
using Xunit;

namespace ChatModels.Api.Tests.Errors;

public sealed class ErrorMappingTests
{
    public static TheoryData<string> Codes =>
        [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (string)code.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void StatusOf_EveryCode_IsSaidInTheTable(string code)
    {
        if (code is not ErrorCodes.InternalError)
        {
            Assert.InRange(ErrorMapping.StatusOf(code), 400, 599);
            Assert.NotEqual(500, ErrorMapping.StatusOf(code));
        }
        else
        {
            Assert.Equal(500, ErrorMapping.StatusOf(code));
        }
    }

    [Theory]
    [InlineData(ErrorCodes.RegistryDiverged)]
    [InlineData(ErrorCodes.RegistryRejected)]
    public void StatusOf_WhatOnlyAnOperatorCanEnd_IsAConflictThatNobodyIsAskedToRetry(string code)
    {
        Assert.Equal(409, ErrorMapping.StatusOf(code));
        Assert.Null(ErrorMapping.RetryAfterOf(code));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(412)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(500)]
    public void CodeOf_AStatusAlone_LeadsBackToThatStatus(int status) => Assert.Equal(status, ErrorMapping.StatusOf(ErrorMapping.CodeOf(status)));
}
