"""Text of Terraform's language."""

from netful.sources.terraform.plan.configuration_text import argument_texts, bodies, shape


def test_a_quote_that_no_other_closes_takes_no_time():
    text = 'a = "' + "${a}" * 200 + '\nb = "[" # (\n'
    assert shape(text) == text.replace("[", "_").replace("# (", "   ")


def test_a_here_document_has_no_brackets_and_no_blocks():
    text = """
    resource "aws_instance" "web" {
      user_data = <<-EOF
        if [ "$1" ( { "
        resource "aws_instance" "web" {
      EOF
      subnet_id = aws_subnet.a.id
    }
    /*
    resource "aws_instance" "web" {
    }
    */
    """
    (body,) = bodies(text, 'resource "aws_instance" "web"')
    assert [one.strip() for one in argument_texts(body, "subnet_id", own=True)] == ["aws_subnet.a.id"]
