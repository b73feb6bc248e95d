using System.ComponentModel.DataAnnotations;
using Bunit;
using Helpdesk.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Shouldly;

namespace Helpdesk.Web.Tests.Parts;

public sealed class FieldTests : PartTest
{
    [Fact]
    public void A_hint_is_named_to_screen_readers()
    {
        var form = RenderForm();
        form.Find("label[for=subject]").TextContent.ShouldBe("Subject");
        form.Find("#subject").GetAttribute("aria-describedby").ShouldBe("subject-hint");
        form.Find("#subject-hint").TextContent.ShouldBe("In a few words.");
    }

    [Fact]
    public void After_a_failed_sending_the_error_takes_the_hints_place_and_is_listed_at_the_top()
    {
        var form = RenderForm();
        form.Find("form").Submit();
        form.Find("#subject").GetAttribute("aria-invalid").ShouldBe("true");
        form.Find("#subject").GetAttribute("aria-describedby").ShouldBe("subject-error");
        form.Find("#subject-error").TextContent.ShouldBe("Fill this in.");
        form.FindAll("#subject-hint").ShouldBeEmpty();
        form.Find("[role=alert] li").TextContent.ShouldBe("Fill this in.");
    }

    [Fact]
    public void Leaving_a_field_checks_that_field_alone()
    {
        var form = RenderForm();
        form.Find("#mail").Change("treasurer@");
        form.Find("#mail-error").TextContent.ShouldStartWith("That is not an e-mail address");
        form.FindAll("#subject-error").ShouldBeEmpty();
        form.Find("#mail").Change("treasurer@harbour-foods.example");
        form.FindAll("#mail-error").ShouldBeEmpty();
    }

    [Fact]
    public void A_good_form_is_sent_once()
    {
        var sent = 0;
        var form = RenderForm(() => sent++);
        form.Find("#subject").Change("Card swallowed");
        form.Find("form").Submit();
        sent.ShouldBe(1);
    }

    [Fact]
    public void A_forms_own_words_replace_the_usual_ones()
    {
        var form = RenderForm();
        form.Find("#amount").Change("12345");
        form.Find("#amount-error").TextContent.ShouldBe("Try now"); // the key TryNow of the texts given
    }

    [Fact]
    public void A_password_never_travels_back()
    {
        var field = Render<TextField>(p =>
            p.Add(f => f.Label, "Password")
                .Add(f => f.Type, "password")
                .Add(f => f.Value, "secret")
                .Add(f => f.ValueExpression, () => new Input().Subject)
        );
        field.Markup.ShouldNotContain("secret");
    }

    private IRenderedComponent<EditForm> RenderForm(Action? send = null)
    {
        var input = new Input();
        var texts = Services.GetRequiredService<IStringLocalizer<PartsTexts>>();
        return Render<EditForm>(p =>
            p.Add(f => f.Model, input)
                .Add(f => f.OnValidSubmit, _ => send?.Invoke())
                .Add(
                    f => f.ChildContent,
                    _ =>
                        builder =>
                        {
                            builder.OpenComponent<FormRules>(0);
                            builder.AddComponentParameter(1, nameof(FormRules.Texts), texts);
                            builder.CloseComponent();
                            builder.OpenComponent<FormErrors>(2);
                            builder.CloseComponent();
                            Text(
                                builder,
                                "Subject",
                                "In a few words.",
                                input.Subject,
                                value => input.Subject = value,
                                () => input.Subject
                            );
                            Text(builder, "Mail", null, input.Mail, value => input.Mail = value, () => input.Mail);
                            Text(
                                builder,
                                "Amount",
                                null,
                                input.Amount,
                                value => input.Amount = value,
                                () => input.Amount
                            );
                        }
                )
        );
    }

    private void Text(
        Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder,
        string label,
        string? hint,
        string? value,
        Action<string?> set,
        System.Linq.Expressions.Expression<Func<string?>> expression
    )
    {
        builder.OpenComponent<TextField>(10);
        builder.AddComponentParameter(11, nameof(TextField.Label), label);
        builder.AddComponentParameter(12, nameof(TextField.Hint), hint);
        builder.AddComponentParameter(13, "Value", value);
        builder.AddComponentParameter(14, "ValueChanged", EventCallback.Factory.Create(this, set));
        builder.AddComponentParameter(15, "ValueExpression", expression);
        builder.CloseComponent();
    }

    private sealed class Input
    {
        [Required]
        public string? Subject { get; set; }

        [EmailAddress]
        public string? Mail { get; set; }

        [StringLength(4, ErrorMessage = "TryNow")]
        public string? Amount { get; set; }
    }
}
